// Better Auth's phone number plugin, as published, with the recipe of docs/better-auth.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';

import { verifiedPhoneNumber } from './better-auth.js';
import { serve } from './serve.js';

const here = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the phone number plugin of Better Auth', () => {
  let server;
  let auth;
  const db = { user: [], session: [], account: [], verification: [] };

  before(async () => {
    process.env.SMS_AUTHORIZATION = 'Bearer a-key-for-tests';
    const limits = { perNumber: [], perAddress: ['2/hour'] };
    server = await serve({
      SMS_CONNECTOR_AUTHORIZATION: process.env.SMS_AUTHORIZATION,
      SMS_CONNECTOR_CONFIG: JSON.stringify({ limits }),
    });
    process.env.SMS_URL = server.url;
    auth = betterAuth({
      baseURL: 'http://localhost:3000',
      secret: 'a-secret-for-tests-of-32-characters',
      database: memoryAdapter(db),
      emailAndPassword: { enabled: true },
      logger: { disabled: true },
      telemetry: { enabled: false },
      plugins: [
        verifiedPhoneNumber({
          signUpOnVerification: { getTempEmail: (phone) => `${phone.slice(1)}@phone.example.com` },
        }),
      ],
    });
  });

  after(() => server?.stop());

  /** Call Better Auth as a browser does. */
  const post = async (path, body, headers = {}) => {
    const answer = await auth.handler(
      new Request(`http://localhost:3000/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'http://localhost:3000', ...headers },
        body: JSON.stringify(body),
      }),
    );
    return { ...(await answer.json()), status: answer.status, cookies: answer.headers.getSetCookie() };
  };

  const latest = async (phone) => (await server.inbox(phone))[0];
  const codeOf = async (phone) => (await latest(phone)).templateParam.code;
  const wrong = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('signs a person in with the code of the function, once', async () => {
    const phoneNumber = '+8613812345670';
    assert.equal((await post('/phone-number/send-otp', { phoneNumber })).status, 200);
    const code = await codeOf('13812345670');
    assert.equal((await post('/phone-number/verify', { phoneNumber, code: wrong(code) })).code, 'INVALID_OTP');
    const verified = await post('/phone-number/verify', { phoneNumber, code });
    assert.equal(verified.status, 200);
    assert.equal(verified.user.phoneNumber, phoneNumber);
    assert.equal(verified.user.phoneNumberVerified, true);
    assert.match(verified.cookies.join(), /session_token=/);
    assert.equal(db.session.length, 1);
    assert.equal((await post('/phone-number/verify', { phoneNumber, code })).status, 400);
  });

  it('does not accept the code that Better Auth makes', async () => {
    const phoneNumber = '+8613812345671';
    await post('/phone-number/send-otp', { phoneNumber });
    const { value } = db.verification.find(({ identifier }) => identifier.endsWith(phoneNumber));
    const code = value.split(':')[0];
    if (code === (await codeOf('13812345671'))) return; // one in a million
    assert.equal((await post('/phone-number/verify', { phoneNumber, code })).status, 400);
  });

  it('sends the same code again', async () => {
    const phoneNumber = '+8613812345672';
    for (const _ of [1, 2]) await post('/phone-number/send-otp', { phoneNumber });
    const messages = await server.inbox('13812345672');
    assert.equal(messages.length, 2);
    assert.equal(messages[0].content, messages[1].content);
  });

  /** The header of a browser that has been given these cookies. */
  const browserWith = ({ cookies }) => ({ cookie: cookies.map((one) => one.split(';')[0]).join('; ') });

  it('does not accept the right code after five wrong ones', async () => {
    const phoneNumber = '+8613812345673';
    const browser = browserWith(await post('/phone-number/send-otp', { phoneNumber }));
    const code = await codeOf('13812345673');
    for (let guess = 0; guess < 5; guess += 1) {
      await post('/phone-number/verify', { phoneNumber, code: wrong(code) }, browser);
    }
    assert.equal((await post('/phone-number/verify', { phoneNumber, code }, browser)).status, 400);
  });

  it('leaves two guesses to the browser that asked for the code, whatever strangers guess', async () => {
    const phoneNumber = '+8613812345660';
    const asked = await post('/phone-number/send-otp', { phoneNumber });
    assert.match(asked.cookies.join(), /sms_verification=.*HttpOnly/);
    const code = await codeOf('13812345660');
    for (let guess = 0; guess < 8; guess += 1) {
      await post('/phone-number/verify', { phoneNumber, code: wrong(code) });
    }
    assert.equal((await post('/phone-number/verify', { phoneNumber, code })).status, 400);
    const verified = await post('/phone-number/verify', { phoneNumber, code }, browserWith(asked));
    assert.equal(verified.user.phoneNumber, phoneNumber);
  });

  it('does not take the code of one number for another, or a cookie of somebody\'s making', async () => {
    const [mine, other] = ['+8613812345661', '+8613812345662'];
    const browser = browserWith(await post('/phone-number/send-otp', { phoneNumber: mine }));
    await post('/phone-number/send-otp', { phoneNumber: other });
    const code = await codeOf('13812345661');
    if (code !== (await codeOf('13812345662'))) {
      assert.equal((await post('/phone-number/verify', { phoneNumber: other, code }, browser)).status, 400);
    }
    const forged = { cookie: browser.cookie.replace('13812345661', '13812345662') };
    assert.equal((await post('/phone-number/verify', { phoneNumber: other, code }, forged)).status, 400);
    assert.equal((await post('/phone-number/verify', { phoneNumber: mine, code }, browser)).status, 200);
  });

  it('says with the status of the function that no code was sent', async () => {
    const answer = await post('/phone-number/send-otp', { phoneNumber: '+8619900000105' });
    assert.deepEqual([answer.status, answer.code], [503, 'usage_limit_exceeded']);
  });

  it('lets a person type a code that may have been sent', async () => {
    const phoneNumber = '+8619900002004';
    assert.equal((await post('/phone-number/send-otp', { phoneNumber })).status, 200);
    const code = await codeOf('19900002004');
    assert.equal((await post('/phone-number/verify', { phoneNumber, code })).status, 200);
  });

  it('refuses a number in another spelling', async () => {
    for (const phoneNumber of ['13812345674', '+86 138 1234 5674', '008613812345674']) {
      assert.equal((await post('/phone-number/send-otp', { phoneNumber })).status, 400);
    }
    assert.equal((await server.inbox('13812345674')).length, 0);
  });

  it('counts messages by the address of the person', async () => {
    const from = { 'x-forwarded-for': '203.0.114.7' };
    const statuses = [];
    for (const digit of [5, 6, 7]) {
      const phoneNumber = `+861381234567${digit}`;
      statuses.push((await post('/phone-number/send-otp', { phoneNumber }, from)).status);
    }
    assert.deepEqual(statuses, [200, 200, 429]);
  });

  it('resets a password with a code of its own purpose', async () => {
    const phoneNumber = '+8613812345670'; // who has signed in above
    await post('/phone-number/send-otp', { phoneNumber });
    const ofSignIn = await codeOf('13812345670');
    assert.equal((await post('/phone-number/request-password-reset', { phoneNumber })).status, 200);
    assert.equal((await latest('13812345670')).templateCode, 'SMS_200000003');
    const otp = await codeOf('13812345670');
    const newPassword = 'a-password-for-tests';
    const reset = (one) => post('/phone-number/reset-password', { phoneNumber, otp: one, newPassword });
    if (ofSignIn !== otp) assert.equal((await reset(ofSignIn)).status, 400);
    assert.equal((await reset(otp)).status, 200);
    const signedIn = await post('/sign-in/phone-number', { phoneNumber, password: newPassword });
    assert.equal(signedIn.status, 200);
  });

  it('says the same of a reset that fails as of a number without a user', async () => {
    const phoneNumber = '+8619900000105';
    db.user.push({ ...db.user[0], id: 'unlucky', email: 'unlucky@example.com', phoneNumber });
    const answers = [];
    for (const number of [phoneNumber, '+8613812345679']) {
      const { status, cookies, ...rest } = await post('/phone-number/request-password-reset', { phoneNumber: number });
      answers.push({ status, rest, cookies });
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  it('is set up as docs/better-auth.md shows', () => {
    assert.ok(here('../../docs/better-auth.md').includes(`\`\`\`js\n${here('better-auth.js')}\`\`\`\n`));
  });
});
