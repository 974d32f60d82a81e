// The snippet of docs/supabase.md, with the real `@supabase/supabase-js`: TypeScript accepts it, and
// it signs a person in by way of a stand-in for Supabase Auth that calls the function's hook.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { createClient } from '@supabase/supabase-js';

import { serve } from './serve.js';
import { supabaseAuth } from './supabase-auth.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const docs = join(here, '..', '..', 'docs');
const secret = 'v1,whsec_c3VwYWJhc2Utc2VjcmV0LWZvci10ZXN0cy1vbmx5';

const snippet = (page) => {
  const found = [...readFileSync(join(docs, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)];
  assert.equal(found.length, 1, page);
  return found[0][1];
};

describe('signing in with Supabase by phone', () => {
  const directory = mkdtempSync(join(here, '.snippet-'));
  const pages = readdirSync(docs).filter((name) => /^supabase\.(zh-CN\.)?md$/.test(name));
  let server;
  let auth;
  let phone;

  before(async () => {
    for (const page of pages) writeFileSync(join(directory, `${page}.mts`), snippet(page));
    // Prints what is wrong, and exits with 1 or 2 then.
    execFileSync(
      process.execPath,
      [
        join(here, 'node_modules', 'typescript', 'bin', 'tsc'),
        // As `create-next-app` sets it: the libraries' own declarations are not the page's business.
        ...['--strict', '--skipLibCheck', '--types', 'node', '--module', 'nodenext'],
        ...['--target', 'es2022', ...pages.map((page) => `${page}.mts`)],
      ],
      { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    server = await serve({
      SMS_CONNECTOR_WEBHOOK_SECRETS: secret,
      SMS_CONNECTOR_DEFAULT_USAGE_TYPE: 'SignIn',
    });
    auth = await supabaseAuth({ uri: `${server.url}/supabase`, secret });
    // A browser and Node 22 have one. The client wants it at its start, and does not use it here.
    globalThis.WebSocket ??= class WebSocket {};
    process.env.NEXT_PUBLIC_SUPABASE_URL = auth.url;
    process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY = 'sb_publishable_key';
    phone = await import(pathToFileURL(join(directory, 'supabase.md.mjs')));
  });

  after(async () => {
    await auth?.stop();
    await server?.stop();
    rmSync(directory, { recursive: true });
  });

  it('sends a code and signs in with it, once', async () => {
    assert.equal(await phone.sendCode('+8613812345678'), null);
    const [message] = await server.inbox('13812345678');
    assert.equal(message.templateCode, 'SMS_200000002');
    const { code } = message.templateParam;
    const wrong = code === '000000' ? '111111' : '000000';
    const refused = 'Token has expired or is invalid';
    assert.equal(await phone.signIn('+8613812345678', wrong), refused);
    assert.equal(await phone.signIn('+8613812345678', code), null);
    assert.equal(await phone.signIn('+8613812345678', code), refused);
  });

  for (const [number, why, sentence] of [
    ['+8619900000201', 'a number that is not accepted', 'This phone number cannot receive a code.'],
    [
      '+8619900000101',
      'too many messages',
      'Too many messages were requested. Please wait before requesting another.',
    ],
    ['+8619900000105', 'an empty account', 'The message could not be sent. Please try again later.'],
    ['+8619900001001', 'a wrong access key', 'The message could not be sent. Please try again later.'],
    [
      '+8619900002004',
      'an unknown outcome',
      'The message may be on its way. Please wait a minute before requesting another.',
    ],
    ['+8619900000501', 'a provider in trouble', 'Please try again later.'],
  ]) {
    it(`gives the person a sentence after ${why}`, async () => {
      assert.equal(await phone.sendCode(number), sentence);
    });
  }

  it('gives the person no sentence of the function for a second factor', async () => {
    const client = createClient(auth.url, 'sb_publishable_key');
    await client.auth.signInWithOtp({ phone: '+8613812345679' });
    const [{ templateParam }] = await server.inbox('13812345679');
    await client.auth.verifyOtp({ phone: '+8613812345679', token: templateParam.code, type: 'sms' });
    const challenge = (factorId) => client.auth.mfa.challenge({ factorId, channel: 'sms' });
    assert.equal((await challenge('8613812345670')).error, null);
    assert.equal((await server.inbox('13812345670'))[0].templateCode, 'SMS_200000004');
    const { error } = await challenge('8619900000201');
    assert.deepEqual([error.status, error.message], [500, '{}']);
  });
});
