// An example: a test suite in Node that uses the emulator. It starts `aliyun-sms-emulator` as a
// child process, sends with the official SDK, and reads the code that the phone received.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import dysmsapi, { SendSmsRequest } from '@alicloud/dysmsapi20170525';
import { $OpenApiUtil } from '@alicloud/openapi-core';

// A checkout of this project has the command as a module of Python.
const [program, ...command] = process.env.PYTHON
  ? [process.env.PYTHON, '-m', 'sms_connector', 'emulate']
  : ['aliyun-sms-emulator'];

/** Start it on a free port; return its address, and `stop`. */
async function startEmulator() {
  const child = spawn(program, [...command, '--port=0'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line'); // SMS emulator on http://127.0.0.1:PORT
  return {
    url: line.split(' ').at(-1),
    stop: async () => {
      child.kill();
      const [code] = await once(child, 'close');
      return code;
    },
  };
}

/** What the code under test does: it sends a code, and returns the provider's. */
async function sendCode(endpoint, phone, code) {
  const client = new dysmsapi.default(
    new $OpenApiUtil.Config({
      accessKeyId: 'LTAI5tORrctvcL9cCE8zWn4e',
      accessKeySecret: 'PWPksCHt0RCq8Mg5BHHpg8AYm03HiM',
      endpoint: new URL(endpoint).host,
      protocol: 'HTTP',
    }),
  );
  const request = new SendSmsRequest({
    phoneNumbers: phone,
    signName: '码上登录',
    templateCode: 'SMS_200000002',
    templateParam: JSON.stringify({ code }),
  });
  const { body } = await client.sendSms(request);
  return body.code;
}

describe('a sign-in', () => {
  let emulator;

  before(async () => {
    emulator = await startEmulator();
  });

  after(async () => {
    assert.equal(await emulator?.stop(), 0);
  });

  beforeEach(() => fetch(`${emulator.url}/inbox`, { method: 'DELETE' }));

  const received = async (phone) => (await fetch(`${emulator.url}/inbox?phone=${phone}`)).json();

  it('sends a code to the phone', async () => {
    assert.equal(await sendCode(emulator.url, '13812345678', '246810'), 'OK');
    const [message] = await received('13812345678');
    assert.equal(message.templateParam.code, '246810');
    assert.match(message.content, /^【码上登录】.*246810/);
  });

  it('is refused a second code within the same minute', async () => {
    assert.equal(await sendCode(emulator.url, '13812345678', '135790'), 'OK');
    const second = await sendCode(emulator.url, '13812345678', '975310');
    assert.equal(second, 'isv.BUSINESS_LIMIT_CONTROL');
    assert.equal((await received('13812345678')).length, 1);
  });

  it('fails for a magic number as the provider would', async () => {
    assert.equal(await sendCode(emulator.url, '19900000105', '246810'), 'isv.AMOUNT_NOT_ENOUGH');
    assert.deepEqual(await received('19900000105'), []);
  });
});
