-- One transaction, as transaction.py describes it and memory.py does it. All times are integers:
-- microseconds, but for the lives of records and figures, which are milliseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local asked = cmsgpack.unpack(ARGV[1])
local records, take, give_back, count, taken_at, write, add, patience = unpack(asked)

local function rounded_up(at, step)
  return math.ceil(at / step) * step
end

-- The takes in the window that ends now: {time, number, time, number, …}, oldest first.
local function takes_of(key, window)
  local packed = redis.call('GET', key)
  local all, takes = packed and cmsgpack.unpack(packed) or {}, {}
  for i = 1, #all, 2 do
    if all[i] > now - window then
      takes[#takes + 1] = all[i]
      takes[#takes + 1] = all[i + 1]
    end
  end
  return takes
end

local function keep(key, takes, window)
  if #takes == 0 then
    redis.call('DEL', key)
  else
    local life = math.ceil((takes[#takes - 1] + window - now) / 1000)
    redis.call('SET', key, cmsgpack.pack(takes), 'PX', string.format('%.0f', life))
  end
end

local function add_up(figure)
  local key, field, number, life = unpack(figure)
  redis.call('HINCRBY', KEYS[key], field, number)
  redis.call('PEXPIRE', KEYS[key], life)
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
  counted[i] = takes_of(KEYS[counter[1]], counter[3])
end
if committed then
  for i, counter in ipairs(take) do
    local key, most, window = unpack(counter)
    takes[i] = takes_of(KEYS[key], window)
    local surplus = -most
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
    if longest > patience and take[full][5] then
      add_up(take[full][5])
    end
  end
end

if committed then
  for i, counter in ipairs(take) do
    local key, _, window, step = unpack(counter)
    local at, list = rounded_up(now, step), takes[i]
    if list[#list - 1] == at then
      list[#list] = list[#list] + 1
    else
      list[#list + 1] = at
      list[#list + 1] = 1
    end
    keep(KEYS[key], list, window)
  end
  for _, counter in ipairs(give_back) do
    local key, _, window, step = unpack(counter)
    local at, list, left = rounded_up(taken_at, step), takes_of(KEYS[key], window), {}
    for j = 1, #list, 2 do
      local number = list[j + 1] - (list[j] == at and 1 or 0)
      if number > 0 then
        left[#left + 1] = list[j]
        left[#left + 1] = number
      end
    end
    keep(KEYS[key], left, window)
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
