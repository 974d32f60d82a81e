// `python -m sms_connector serve --emulator` on free ports, for as long as the tests run.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
const settings = Object.keys(process.env).filter((name) => name.startsWith('SMS_CONNECTOR_'));

/** Start it with these settings; return its addresses, the lines it has printed, and `stop`. */
export async function serve(environ = {}) {
  const own = Object.fromEntries(settings.map((name) => [name, undefined]));
  const child = spawn(
    process.env.PYTHON ?? 'python3',
    ['-m', 'sms_connector', 'serve', '--port=0', '--emulator', '--emulator-port=0', '--web'],
    { cwd: project, env: { ...process.env, ...own, ...environ }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines = [];
  const watched = [];
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const look of watched) look();
    });
  }

  /** Wait for a line, and return the first group of the match. */
  const find = (pattern) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${pattern} in\n${lines.join('\n')}`)), 20_000);
      const look = () => {
        const match = lines.map((line) => pattern.exec(line)).find(Boolean);
        if (!match) return;
        clearTimeout(timer);
        resolve(match[1]);
      };
      watched.push(look);
      look();
    });

  const inboxUrl = await find(/GET (\S+\/inbox)/);
  return {
    url: await find(/^Serving (\S+)/),
    lines,
    find,
    /** The messages that one phone has received, newest first. */
    inbox: async (phone) => (await fetch(`${inboxUrl}?phone=${phone}`)).json(),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
