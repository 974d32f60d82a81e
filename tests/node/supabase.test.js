// Requests signed as Supabase Auth signs them, with the library of the specification.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Webhook } from 'standardwebhooks';

import { serve } from './serve.js';

const secret = 'whsec_c3VwYWJhc2Utc2VjcmV0LWZvci10ZXN0cy1vbmx5';

describe('the Send SMS hook of Supabase', () => {
  let server;
  let ids = 0;

  before(async () => {
    server = await serve({
      SMS_CONNECTOR_WEBHOOK_SECRETS: `v1,whsec_b2xkZXItc2VjcmV0|v1,${secret}`,
      SMS_CONNECTOR_DEFAULT_USAGE_TYPE: 'SignIn',
    });
  });

  after(() => server?.stop());

  const hook = (phone, { otp = '561166', by = secret, at = new Date(), user = {}, sms = {} } = {}) => {
    const body = JSON.stringify({ user: { id: 'user', phone, ...user }, sms: { otp, ...sms } });
    const id = `msg_${(ids += 1)}`;
    return fetch(server.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(by).sign(id, at, body),
      },
      body,
    });
  };

  it('gets an empty object for a sent message', async () => {
    const answer = await hook('+8613812345678');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual(await answer.json(), {});
    const [message] = await server.inbox('13812345678');
    assert.equal(message.templateCode, 'SMS_200000002');
  });

  it('sends to the new number while it is being changed', async () => {
    await hook('+8613812345670', { sms: { phone: '+8613812345671' } });
    assert.equal((await server.inbox('13812345670')).length, 0);
    assert.equal((await server.inbox('13812345671')).length, 1);
  });

  it('sends to neither number if it is not said which one, and logs what to do', async () => {
    const answer = await hook('8613812345674', { user: { new_phone: '8613812345675' } });
    assert.equal((await answer.json()).error.http_code, 400);
    for (const phone of ['13812345674', '13812345675']) {
      assert.equal((await server.inbox(phone)).length, 0);
    }
    await server.find(/(use Supabase Auth 2\.180 or later)/);
  });

  it('sends one message for a request that is retried', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => hook('+8613812345672')));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.equal((await server.inbox('13812345672')).length, 1);
  });

  it('is refused with another secret, or too late', async () => {
    const late = new Date(Date.now() - 10 * 60_000);
    for (const wrong of [{ by: 'whsec_YW5vdGhlci1zZWNyZXQ=' }, { at: late }]) {
      assert.equal((await hook('+8613812345673', wrong)).status, 401);
    }
    assert.equal((await server.inbox('13812345673')).length, 0);
  });

  it('gets a sentence for the person in a 200', async () => {
    const answer = await hook('+8619900000201');
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), {
      error: { http_code: 400, message: 'This phone number cannot receive a code.' },
    });
  });

  it('gets Retry-After where a retry makes sense', async () => {
    const answer = await hook('+8619900000501');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '1');
  });
});
