-- One transaction, as transaction.py describes it and memory.py does it. All times are integers:
-- microseconds, but for the lives of records and figures, which are milliseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local asked = cmsgpack.unpack(ARGV[1])
local records, take, give_back, restamp, count = unpack(asked)
local most_ahead, delay, taken_at, write, add, max_wait = unpack(asked, 6)

local function rounded_up(at, step)
  return math.ceil(at / step) * step
end

-- In redis.call, a key stands as KEYS[…]: Tair refuses a script that names one by a variable.

-- Takes are {time, number, time, number, …}, oldest first. Adds to the number at one time, or
-- removes from it; returns whether there was one.
local function change(takes, at, by)
  local i = #takes - 1
  while i > 0 and takes[i] > at do
    i = i - 2
  end
  local exists = takes[i] == at
  if exists then
    takes[i + 1] = takes[i + 1] + by
  elseif by > 0 then
    table.insert(takes, i + 2, at)
    table.insert(takes, i + 3, by)
  end
  if exists and takes[i + 1] == 0 then
    table.remove(takes, i)
    table.remove(takes, i)
  end
  return exists
end

local function keep(counter, takes)
  local place, _, window = unpack(counter)
  if #takes == 0 then
    redis.call('DEL', KEYS[place])
  else
    local life = math.ceil((takes[#takes - 1] + window - now) / 1000)
    redis.call('SET', KEYS[place], cmsgpack.pack(takes), 'PX', string.format('%.0f', life))
  end
end

-- The takes in the window that ends now. After the clock was set back, some are too far ahead:
-- they count from now, which is written, so that they do not begin anew each time.
local function takes_of(counter)
  local place, _, window, step = unpack(counter)
  local packed = redis.call('GET', KEYS[place])
  local all, takes, is_ahead = packed and cmsgpack.unpack(packed) or {}, {}, false
  for i = 1, #all, 2 do
    if all[i] > now + step + most_ahead then
      change(takes, rounded_up(now, step), all[i + 1])
      is_ahead = true
    elseif all[i] > now - window then
      takes[#takes + 1] = all[i]
      takes[#takes + 1] = all[i + 1]
    end
  end
  if is_ahead then
    keep(counter, takes)
  end
  return takes
end

local function add_up(figure)
  redis.call('HINCRBY', KEYS[figure[1]], figure[2], figure[3])
  redis.call('PEXPIRE', KEYS[figure[1]], figure[4])
end

local committed, full, longest = true, 0, 0
local found = {}
for i, record in ipairs(records) do
  local value = redis.call('GET', KEYS[record[1]]) or ''
  found[i] = {value, value ~= '' and redis.call('PTTL', KEYS[record[1]]) or 0}
  local expected = #record == 1
  for j = 2, #record do
    expected = expected or record[j] == value
  end
  committed = committed and expected
end

local counted, takes = {}, {}
for i, counter in ipairs(count) do
  counted[i] = takes_of(counter)
end
if committed then
  for i, counter in ipairs(take) do
    local window, surplus = counter[3], -counter[2]
    takes[i] = takes_of(counter)
    for j = 2, #takes[i], 2 do
      surplus = surplus + takes[i][j]
    end
    for j = 1, #takes[i], 2 do
      if surplus < 0 then
        break
      end
      surplus = surplus - takes[i][j + 1]
      local wait = takes[i][j] + window - now
      if wait > longest then
        full, longest = i, wait
      end
    end
  end
  if full > 0 then
    committed = false
    if longest > max_wait and take[full][5] then
      add_up(take[full][5])
    end
  end
end

if committed then
  for i, counter in ipairs(take) do
    change(takes[i], rounded_up(now, counter[4]), 1)
    keep(counter, takes[i])
  end
  for _, counter in ipairs(give_back) do
    local left = takes_of(counter)
    change(left, rounded_up(taken_at, counter[4]), -1)
    keep(counter, left)
  end
  for _, counter in ipairs(restamp) do
    local before, after = rounded_up(taken_at, counter[4]), rounded_up(now + delay, counter[4])
    local moved = takes_of(counter)
    if after > before and change(moved, before, -1) then
      change(moved, after, 1)
      keep(counter, moved)
    end
  end
  for _, record in ipairs(write) do
    if record[2] == '' then
      redis.call('DEL', KEYS[record[1]])
    else
      redis.call('SET', KEYS[record[1]], unpack(record, 2))
    end
  end
  for _, figure in ipairs(add) do
    add_up(figure)
  end
end

return cmsgpack.pack({committed, found, now, full, longest, counted})
