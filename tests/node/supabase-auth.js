// A stand-in for Supabase Auth with its Send SMS hook on. It has the endpoints that sign in by phone
// and that challenge a second factor, and calls the hook as Supabase Auth 2.19x does (internal/hooks/hookshttp): signed, at most
// three tries within five seconds, its own words for a status that it does not expect. It keeps no
// users and signs no tokens: what it shows is the hook and what `supabase-js` makes of the answers.

import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { Webhook } from 'standardwebhooks';

const seconds = 5;
const words = {
  400: 'Invalid payload sent to hook',
  401: 'Hook requires authorization token',
  429: 'Service currently unavailable due to hook',
  503: 'Service currently unavailable due to hook',
};

class Refused extends Error {
  constructor(status, message, code = status === 500 ? 'unexpected_failure' : 'unknown') {
    super(message);
    this.answer = [status, { code, message }];
  }
}

/** Call the hook. Throws `Refused` with what the client gets if no code was sent. */
async function callHook({ uri, secret }, body) {
  const signal = AbortSignal.timeout(seconds * 1000);
  for (let tries = 0; tries < 3; tries += 1) {
    const id = randomUUID();
    const now = new Date();
    const answer = await fetch(uri, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret.replace('v1,', '')).sign(id, now, body),
      },
      body,
      signal,
    }).catch(() => {
      const message = `Failed to reach hook within maximum time of ${seconds}.000000 seconds`;
      throw new Refused(422, message, 'hook_timeout');
    });
    if (answer.status === 200) {
      const { error } = await answer.json();
      if (error?.message) throw new Refused(error.http_code || 500, error.message);
      return;
    }
    if (![429, 503].includes(answer.status) || !answer.headers.get('retry-after')) {
      const other = `Unexpected status code returned from hook: ${answer.status}`;
      throw new Refused(500, words[answer.status] ?? other);
    }
  }
  throw new Refused(500, words[503]);
}

/** Start it. `hook` has the `uri` and the `secret`, as in the configuration. */
export async function supabaseAuth(hook) {
  const codes = new Map();
  const endpoints = {
    async '/auth/v1/otp'({ phone }) {
      // As it is kept: without the plus.
      const kept = phone.replace(/^\+| /g, '');
      if (!/^[1-9]\d{1,14}$/.test(kept)) {
        throw new Refused(400, 'Invalid phone number format (E.164 required)', 'validation_failed');
      }
      const otp = String(randomInt(1_000_000)).padStart(6, '0');
      const metadata = { uuid: randomUUID(), time: new Date(), name: 'send-sms', ip_address: '8.8.8.8' };
      const user = { id: randomUUID(), aud: 'authenticated', phone: kept };
      await callHook(hook, JSON.stringify({ metadata, user, sms: { otp, phone: kept } }));
      codes.set(kept, otp);
      return {};
    },
    async '/auth/v1/verify'({ phone, token, type }) {
      const kept = phone.replace(/^\+| /g, '');
      if (type !== 'sms' || codes.get(kept) !== token) {
        throw new Refused(403, 'Token has expired or is invalid', 'otp_expired');
      }
      codes.delete(kept);
      const parts = [{ alg: 'none' }, { sub: 'user', exp: Math.floor(Date.now() / 1000) + 3600 }, {}];
      const jwt = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
      const user = { id: 'user', aud: 'authenticated', phone: kept };
      return { access_token: jwt.join('.'), refresh_token: 'r', token_type: 'bearer', expires_in: 3600, user };
    },
  };
  // `challengePhoneFactor` of internal/api/mfa.go (2.196) for a factor whose id is its number: for
  // any error of the hook it has an answer of its own.
  const challenge = async (phone) => {
    const sms = { otp: '246810', sms_type: 'mfa', phone };
    await callHook(hook, JSON.stringify({ user: { id: 'user', phone }, sms })).catch(() => {
      throw new Refused(500, 'error invoking hook');
    });
    return { id: 'challenge', type: 'phone', expires_at: 0 };
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const body = (await request.toArray()).join('');
    const factor = /^\/auth\/v1\/factors\/(\d+)\/challenge$/.exec(pathname)?.[1];
    const answering = factor ? challenge(factor) : endpoints[pathname](JSON.parse(body));
    const [status, answer] = await answering.then(
      (given) => [200, given],
      (error) => error.answer ?? [500, { code: 'unexpected_failure', message: String(error) }],
    );
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'X-Supabase-Api-Version': '2024-01-01',
    });
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
