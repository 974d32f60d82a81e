// Logto's own HTTP SMS connector, as published, against the function.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import createConnector from '@logto/connector-http-sms';

import { serve } from './serve.js';

const authorization = 'Bearer a-key-for-tests';

const usageTypes = {
  SignIn: 'SMS_200000002',
  Register: 'SMS_200000001',
  ForgotPassword: 'SMS_200000003',
  OrganizationInvitation: 'SMS_200000004',
  Generic: 'SMS_200000004',
  UserPermissionValidation: 'SMS_200000004',
  BindNewIdentifier: 'SMS_200000004',
  MfaVerification: 'SMS_200000004',
  BindMfa: 'SMS_200000004',
  Test: 'SMS_200000004',
};

// What newer versions of Logto send too.
const payload = {
  locale: 'zh-CN',
  uiLocales: 'zh-CN en',
  link: 'https://example.com/one?a=b&c=d',
  application: { id: 'app', name: '应用', customData: { nested: [1, { deep: null }] } },
  organization: { id: 'org', name: 'Org', branding: {} },
  user: { id: 'user', primaryPhone: '8613812345678', name: null },
};

describe('the HTTP SMS connector of Logto', () => {
  let server;
  let endpoint;
  let send;

  before(async () => {
    server = await serve({ SMS_CONNECTOR_AUTHORIZATION: authorization });
    endpoint = `${server.url}/logto`;
    const config = { endpoint, authorization };
    const connector = await createConnector({ getConfig: async () => config });
    send = connector.sendMessage;
  });

  after(() => server?.stop());

  /** Send a message that is refused, and return the text that Logto shows to the person. */
  const refused = async (data, config) => {
    const error = await send(data, config).then(
      () => assert.fail('the message was accepted'),
      (reason) => reason,
    );
    assert.equal(error.code, 'general');
    return error.data.message;
  };

  for (const [index, [type, template]] of Object.entries(usageTypes).entries()) {
    it(`sends a message of type ${type}`, async () => {
      const phone = `1381234000${index}`;
      const code = `24680${index}`;
      await send({ to: `86${phone}`, type, payload: { code, ...payload }, ip: '203.0.113.7' });
      const [message] = await server.inbox(phone);
      assert.equal(message.phone, phone);
      assert.equal(message.templateCode, template);
      assert.deepEqual(message.templateParam, { code });
    });
  }

  it('sends abroad', async () => {
    await send({ to: '85251234567', type: 'SignIn', payload: { code: '246810' } });
    const [message] = await server.inbox('85251234567');
    assert.equal(message.templateCode, 'SMS_200000102');
  });

  it('sends by the root path too, where the body shows that it is from Logto', async () => {
    const data = { to: '8613812349998', type: 'SignIn', payload: { code: '246810' } };
    await send(data, { endpoint: server.url, authorization });
    assert.equal((await server.inbox('13812349998')).length, 1);
  });

  it('sends one message when its settings are tested twice within 30 seconds', async () => {
    const test = { to: '13812349999', type: 'Generic', payload: { code: '000000' } };
    await send(test);
    await send(test);
    assert.equal((await server.inbox('13812349999')).length, 1);
  });

  it('shows a sentence where the authorization is wrong or missing', async () => {
    const data = { to: '8613812345678', type: 'SignIn', payload: { code: '246810' } };
    for (const wrong of ['Bearer another', undefined]) {
      const text = await refused(data, { endpoint, authorization: wrong });
      assert.match(text, /^The message could not be sent\. Please try again later\./);
    }
  });

  const outcomes = {
    8619900000101: [429, /^Too many messages were requested\./, /^验证码发送过于频繁，请稍后再试。/],
    8619900000201: [400, /^This phone number cannot receive a code\./, /^该手机号无法接收验证码。/],
    8619900000105: [503, /^The message could not be sent\./, /^短信发送失败，请稍后再试。/],
    8619900001001: [500, /^The message could not be sent\./, /^短信发送失败，请稍后再试。/],
  };

  for (const [to, [status, english, chinese]] of Object.entries(outcomes)) {
    it(`shows a refusal with status ${status} in the language of the person`, async () => {
      const data = (locale) => ({ to, type: 'SignIn', payload: { code: '246810', locale } });
      assert.match(await refused(data('fr')), english);
      assert.match(await refused(data('zh-CN')), chinese);
    });

    it(`gets the status ${status} in plain text`, async () => {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ to, type: 'SignIn', payload: { code: '135790' } }),
      });
      assert.equal(answer.status, status);
      assert.match(answer.headers.get('content-type'), /^text\/plain/);
      assert.match(await answer.text(), english);
    });
  }

  it('shows no field name and no provider code to a person', async () => {
    for (const to of ['12345', '8619900001001']) {
      const text = await refused({ to, type: 'SignIn', payload: { code: '246810' } });
      assert.doesNotMatch(text, /[`{]|`to`|AccessKey|isv\./);
    }
  });

  it('names the field to the operator who tests the settings', async () => {
    const text = await refused({ to: '12345', type: 'Generic', payload: { code: '000000' } });
    assert.match(text, /^`to` /);
  });

  it('shows the code of the provider to the operator who tests the settings', async () => {
    const text = await refused({ to: '8619900001001', type: 'Generic', payload: { code: '000000' } });
    assert.match(text, / \(InvalidAccessKeyId\.NotFound\) /);
  });

  // Logto 1.42 puts this text, `JSON.stringify` of the error's data, into "Error occurred in
  // connector: …" (`packages/phrases/src/locales/en/errors/connector.ts`).
  it('shows the sentence inside of JSON, as docs/logto.md says', async () => {
    const data = { to: '12345', type: 'SignIn', payload: { code: '246810', locale: 'zh-CN' } };
    const error = await send(data).catch((reason) => reason);
    assert.match(JSON.stringify(error.data), /^\{"message":"该手机号无法接收验证码。（参考号：[^"\\]+）"\}$/);
  });

  for (const [wrong, text] of [
    ['localhost:9000/logto', 'Unsupported protocol: localhost:'],
    ['example.fcapp.run/logto', 'Invalid URL'],
    ['http://127.0.0.1:1/logto', 'connect ECONNREFUSED 127.0.0.1:1'],
  ]) {
    it(`shows ${text} for an endpoint like ${wrong}`, async () => {
      const data = { to: '8613812345678', type: 'Generic', payload: { code: '000000' } };
      assert.equal(await refused(data, { endpoint: wrong, authorization }), text);
    });
  }

  it('is answered 404 on a path that is no route', async () => {
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ to: '8613812349997', type: 'SignIn', payload: { code: '246810' } });
    for (const path of ['/logto/x', '/Logto', '/send', '//']) {
      const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
      assert.equal(answer.status, 404, path);
    }
    const answer = await fetch(endpoint, { headers });
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST']);
    assert.equal((await server.inbox('13812349997')).length, 0);
  });

  it('leaves no code and no whole number on the terminal', async () => {
    await server.find(/(138\*\*\*\*0009)/);
    assert.doesNotMatch(server.lines.join('\n'), /1381234000\d|24680\d|a-key-for-tests/);
  });
});
