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

// What newer versions of Logto send along.
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
  let send;

  before(async () => {
    server = await serve({ SMS_CONNECTOR_AUTHORIZATION: authorization });
    const config = { endpoint: server.url, authorization };
    const connector = await createConnector({ getConfig: async () => config });
    send = connector.sendMessage;
  });

  after(() => server?.stop());

  /** Send, and give the error that Logto shows, with the body that stands in it. */
  const refused = async (data, config) => {
    const error = await send(data, config).then(
      () => assert.fail('the message was accepted'),
      (reason) => reason,
    );
    assert.equal(error.code, 'general');
    return JSON.parse(error.data.message).error;
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

  it('tests its settings: twice within 30 seconds, and one message goes out', async () => {
    const test = { to: '13812349999', type: 'Generic', payload: { code: '000000' } };
    await send(test, { endpoint: server.url, authorization });
    await send(test, { endpoint: server.url, authorization });
    assert.equal((await server.inbox('13812349999')).length, 1);
  });

  it('shows our answer where the authorization is wrong or missing', async () => {
    const data = { to: '8613812345678', type: 'SignIn', payload: { code: '246810' } };
    for (const wrong of ['Bearer another', undefined]) {
      const error = await refused(data, { endpoint: server.url, authorization: wrong });
      assert.equal(error.code, 'authorization_failed');
      assert.equal(error.http_code, 401);
      assert.equal(error.sent, false);
    }
  });

  it('shows what the provider refused, and what to do', async () => {
    const outcomes = {
      8619900000101: ['rate_limit_exceeded', 429, 'isv.BUSINESS_LIMIT_CONTROL'],
      8619900000201: ['invalid_request_parameters', 400, 'isv.MOBILE_NUMBER_ILLEGAL'],
      8619900000105: ['usage_limit_exceeded', 503, 'isv.AMOUNT_NOT_ENOUGH'],
      8619900001001: ['invalid_config', 500, 'InvalidAccessKeyId.NotFound'],
    };
    for (const [to, [code, status, provider]] of Object.entries(outcomes)) {
      const error = await refused({ to, type: 'SignIn', payload: { code: '246810' } });
      assert.deepEqual(
        [error.code, error.http_code, error.provider.code, error.sent],
        [code, status, provider, false],
      );
    }
  });

  it('names the field in the words of Logto', async () => {
    const short = await refused({ to: '12345', type: 'SignIn', payload: { code: '246810' } });
    assert.match(short.message, /^`to` /);
    const link = await refused({ to: '8613812345678', type: 'SignIn', payload: { link: 'x' } });
    assert.match(link.message, /^`payload\.code` /);
  });

  it('leaves no code and no whole number on the terminal', async () => {
    await server.find(/(138\*\*\*\*0009)/);
    assert.doesNotMatch(server.lines.join('\n'), /1381234000\d|24680\d|a-key-for-tests/);
  });
});
