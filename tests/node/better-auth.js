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

// Who asked for a code keeps the id of its verification in a signed cookie, with the number that it
// is for. Not for a password: that cookie would tell whether a number has a user.
const cookieOf = (ctx) => ctx.context.createAuthCookie('sms_verification', { maxAge: 600 });

async function setIdCookie(ctx, phone, id) {
  const { name, attributes } = cookieOf(ctx);
  await ctx.setSignedCookie(name, `${phone} ${id}`, ctx.context.secret, attributes);
}

async function idOfCookie(ctx, phone) {
  const value = await ctx.getSignedCookie(cookieOf(ctx).name, ctx.context.secret);
  const [of, id] = (value || '').split(' ');
  return of === phone ? id : undefined;
}

// `data.code` is Better Auth's own, and not used: the function makes one.
async function send(data, ctx) {
  const ip = (ctx.headers && getIP(ctx.headers, ctx.context.options)) ?? undefined;
  const message = { phone: data.phoneNumber, usageType: usageType(ctx), ip };
  const answer = await call('/verifications', message);
  const { id, error } = await answer.json();
  if (answer.ok) {
    if (message.usageType === 'SignIn') await setIdCookie(ctx, data.phoneNumber, id);
    return;
  }
  // After `sent: null` the message may arrive: let the person type its code.
  if (error.sent === null) return;
  throw new APIError(answer.status, { code: error.code, message: 'No code was sent.' });
}

async function verify(data, ctx) {
  const { phoneNumber: phone, code } = data;
  const id = usageType(ctx) === 'SignIn' && (await idOfCookie(ctx, phone));
  const answer = id
    ? await call(`/verifications/${id}/check`, { code })
    : await call('/verifications/check', { phone, usageType: usageType(ctx), code });
  return answer.status === 200;
}

export const verifiedPhoneNumber = (options) =>
  phoneNumber({
    // One spelling for each number, because Better Auth finds a user by the text.
    phoneNumberValidator: (phone) => /^\+[1-9]\d{6,14}$/.test(phone),
    sendOTP: send,
    sendPasswordResetOTP: send,
    verifyOTP: verify,
    ...options,
  });
