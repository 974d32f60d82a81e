// Logto's connector as Logto calls it, and the same report as measuring.py gives.
import { readFileSync } from "node:fs";

const WARM_UP = 20;
const [mode, messages, atATime] = process.argv.slice(2);

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const memory = () => {
  const status = readFileSync("/proc/self/status", "ascii");
  const kib = (name) => Number(status.match(new RegExp(`${name}:\\s*(\\d+)`))[1]);
  return { peak: kib("VmHWM"), resident: kib("VmRSS") };
};

const { default: createConnector } = await import("@logto/connector-aliyun-sms");
const config = JSON.parse(process.env.SMS_CONNECTOR_CONFIG);
const connector = await createConnector({ getConfig: async () => config });
let sent = 0;
const send = async () => {
  const code = String(sent++).padStart(6, "0");
  const message = { to: "13812345678", type: "SignIn", payload: { code } };
  const answer = await connector.sendMessage(message);
  if (answer.Code !== "OK") throw new Error(answer.Message);
};

const many = async (count, width) => {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: width }, worker));
};

await send();
let report;
if (mode === "cold") {
  report = { cpu: cpu(), wall: Date.now() / 1000 - Number(process.env.STARTED) };
} else if (mode === "warm") {
  await many(WARM_UP, 1);
  const seconds = [];
  const before = cpu();
  for (let i = 0; i < Number(messages); i++) {
    const started = performance.now();
    await send();
    seconds.push((performance.now() - started) / 1000);
  }
  report = { cpu: (cpu() - before) / messages, seconds };
} else {
  await many(atATime * 2, Number(atATime));
  const before = cpu();
  const started = performance.now();
  await many(Number(messages), Number(atATime));
  const wall = (performance.now() - started) / 1000;
  report = { per_second: messages / wall, cpu: (cpu() - before) / messages };
}
console.log(JSON.stringify({ ...report, ...memory() }));
process.exit(0);
