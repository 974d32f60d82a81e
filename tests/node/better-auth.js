import { APIError, getIP } from 'better-auth/api';
import { phoneNumber } from 'better-auth/plugins';

async function call(path, body) {
  return fetch(process.env.SMS_URL + path, {
    method: 'POST',
    headers: {
      Authorization: process.env.SMS_AUTHORIZATION,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

// The code of one purpose does not serve another.
const usageType = (ctx) => (ctx.path.includes('password') ? 'ForgotPassword' : 'SignIn');

// `data.code` is Better Auth's own, and not used: the function makes one.
async function send(data, ctx) {
  const ip = (ctx.headers && getIP(ctx.headers, ctx.context.options)) ?? undefined;
  const message = { phone: data.phoneNumber, usageType: usageType(ctx), ip };
  const answer = await call('/verifications', message);
  if (answer.ok) return;
  const { error } = await answer.json();
  // After `sent: null` the message may arrive: let the person type its code.
  if (error.sent === null) return;
  throw new APIError(answer.status, { code: error.code, message: 'No code was sent.' });
}

export const verifiedPhoneNumber = (options) =>
  phoneNumber({
    // One spelling for each number, because Better Auth finds a user by the text.
    phoneNumberValidator: (phone) => /^\+[1-9]\d{6,14}$/.test(phone),
    sendOTP: send,
    sendPasswordResetOTP: send,
    async verifyOTP(data, ctx) {
      const guess = { phone: data.phoneNumber, usageType: usageType(ctx), code: data.code };
      return (await call('/verifications/check', guess)).status === 200;
    },
    ...options,
  });
