// What the function sends to the number verification service, beside what Logto's own connector,
// as published, sends for the same message and config.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import createConnector from '@logto/connector-aliyun-sms-mas';

const project = fileURLToPath(new URL('../..', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const run = promisify(execFile);

// As the connector's page in Logto shows it; key and sign name are the emulator's.
const config = {
  accessKeyId: 'LTAI5tORrctvcL9cCE8zWn4e',
  accessKeySecret: 'PWPksCHt0RCq8Mg5BHHpg8AYm03HiM',
  signName: '码上速通',
  templates: [
    { usageType: 'SignIn', templateCode: '100001' },
    { usageType: 'Register', templateCode: '100001' },
    { usageType: 'ForgotPassword', templateCode: '100003' },
    { usageType: 'Generic', templateCode: '100001' },
    { usageType: 'UserPermissionValidation', templateCode: '100005' },
    { usageType: 'BindNewIdentifier', templateCode: '100002' },
    { usageType: 'OrganizationInvitation', templateCode: '100001' },
    { usageType: 'MfaVerification', templateCode: '100001' },
    { usageType: 'BindMfa', templateCode: '100001' },
  ],
};

// How a request says who signed it, and when. The rest is what it asks for.
const SIGNED_BY = [
  'AccessKeyId', 'Format', 'RegionId', 'Signature', 'SignatureMethod', 'SignatureNonce',
  'SignatureVersion', 'Timestamp',
];

/** Start the emulator; give its address and a function that stops it. */
async function emulate() {
  const child = spawn(python, ['-m', 'sms_connector', 'emulate', '--port=0', '--no-flow-control'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url) return { url, stop: () => (child.kill('SIGTERM'), ended) };
  }
  throw new Error('the emulator did not start');
}

/** Listen before the emulator: note what each request asks for, and pass it on unchanged. */
async function record(emulator) {
  const { hostname, port } = new URL(emulator);
  const asked = [];
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const query = new URL(request.url, emulator).searchParams;
    const headers = request.headers;
    const whole = {
      ...(headers['x-acs-action'] && {
        Action: headers['x-acs-action'],
        Version: headers['x-acs-version'],
      }),
      ...Object.fromEntries(query),
      ...Object.fromEntries(new URLSearchParams(body.toString())),
    };
    for (const name of SIGNED_BY) delete whole[name];
    asked.push(whole);
    // The older signature does not cover the host, and the emulator accepts its own name only.
    const host = headers.host.startsWith(hostname) ? headers.host : new URL(emulator).host;
    const onward = http.request(
      { hostname, port, method: request.method, path: request.url, headers: { ...headers, host } },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, port: server.address().port, stop: () => server.close() };
}

describe('the number verification service, by the function and by the connector of Logto', () => {
  let emulator;
  let recorder;
  let connector;
  const request = https.request;

  before(async () => {
    emulator = await emulate();
    recorder = await record(emulator.url);
    // The connector's endpoint is a constant: its connections go to the recorder instead.
    https.request = (url, options, whenAnswered) =>
      http.request(
        { ...options, agent: undefined, host: '127.0.0.1', hostname: '127.0.0.1', port: recorder.port, path: url.pathname, protocol: 'http:' },
        whenAnswered,
      );
    connector = await createConnector({ getConfig: async () => config });
  });

  after(async () => {
    https.request = request;
    recorder?.stop();
    await emulator?.stop();
  });

  const sendByFunction = async (phone, usageType, code) => {
    const settings = { ...config, endpoint: `http://127.0.0.1:${recorder.port}` };
    const { stdout } = await run(
      python,
      ['-m', 'sms_connector', 'send', '--phone', phone, '--usage-type', usageType, '--code', code],
      { cwd: project, env: { ...process.env, SMS_CONNECTOR_CONFIG: JSON.stringify(settings) } },
    );
    return JSON.parse(stdout);
  };

  for (const [index, { usageType, templateCode }] of config.templates.entries()) {
    it(`sends the same for ${usageType}`, async () => {
      const phone = `1381234000${index}`;
      const code = `24680${index}`;
      recorder.asked.length = 0;
      const theirs = await connector.sendMessage({
        to: `86${phone}`,
        type: usageType,
        payload: { code, locale: 'zh-CN' },
      });
      const ours = await sendByFunction(`+86${phone}`, usageType, code);
      assert.equal(theirs.Code, 'OK');
      assert.equal(ours.templateCode, templateCode);
      const [byConnector, byFunction] = recorder.asked;
      assert.deepEqual(byFunction, byConnector);
      assert.deepEqual(byFunction, {
        Action: 'SendSmsVerifyCode',
        Version: '2017-05-25',
        CountryCode: '86',
        PhoneNumber: phone,
        SignName: config.signName,
        TemplateCode: templateCode,
        TemplateParam: JSON.stringify({ code, min: '10' }),
      });
      const inbox = await (await fetch(`${emulator.url}/inbox?phone=${phone}`)).json();
      assert.equal(inbox.length, 2);
      assert.equal(inbox[0].content, inbox[1].content);
      assert.equal(inbox[0].bizId, ours.bizId);
    });
  }

  it('refuses a number abroad before a call, as the connector does', async () => {
    recorder.asked.length = 0;
    const abroad = { to: '85251234567', type: 'SignIn', payload: { code: '246810' } };
    await assert.rejects(connector.sendMessage(abroad));
    await assert.rejects(sendByFunction('+85251234567', 'SignIn', '246810'), ({ stdout }) => {
      const { error } = JSON.parse(stdout);
      return error.code === 'invalid_request_parameters' && error.message.includes('overseas');
    });
    assert.deepEqual(recorder.asked, []);
  });
});
