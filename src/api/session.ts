import { z } from 'zod';
import { mode, moment, role } from './words.ts';

/** How to sign in: a local user, or a token (the one-time token, or one that the configuration names). */
export const signInOrder = z.union([
  z.strictObject({ user: z.string().min(1).max(64), password: z.string().min(1).max(1024) }),
  z.strictObject({ token: z.string().min(1).max(1024) }),
]);
export type SignInOrder = z.infer<typeof signInOrder>;

/** Open without sign-in: tells nobody more than how to sign in. */
export const session = z.object({
  signedIn: z
    .object({
      name: z.string(),
      role,
      csrfToken: z.string().describe('To be sent as X-CSRF-Token with everything that changes something'),
      expiresAt: moment,
    })
    .nullable(),
  methods: z.object({
    password: z.boolean(),
    token: z.boolean(),
    oidc: z.string().nullable().describe('Address'),
    oidcName: z.string().nullable().describe('Of the sign-in behind that address, for people'),
  }),
  product: z.object({
    name: z.string(),
    version: z.string(),
    /** Only for who is signed in. */
    model: z.string().nullable(),
    usage: z.string().nullable().describe('What the model may be used for, where its licence sets a limit'),
    mode: mode.nullable().describe('Null also where it is not the same on every route'),
  }),
});
export type Session = z.infer<typeof session>;
