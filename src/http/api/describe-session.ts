import type { Json } from '../dicomweb-description.ts';
import { refusals } from './described-parts.ts';

/** Signing in and out with a browser. */
export const SESSION_PATHS: Readonly<Record<string, Json>> = {
  '/api/v1/session': {
    get: {
      operationId: 'session',
      summary: 'Who is signed in with this browser, and how to sign in; open',
      responses: { 200: session('What is known of who asks') },
    },
    post: {
      operationId: 'signIn',
      summary: 'Signs in a browser, which is given a cookie',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/SignInOrder' } } },
      },
      responses: { 200: session('Signed in'), ...refusals([415]) },
    },
    delete: {
      operationId: 'signOut',
      summary: 'Ends the session',
      security: [{ session: [] }],
      responses: { 204: { description: 'Nobody is signed in with this browser any more' }, ...refusals() },
    },
  },
};

function session(description: string): Json {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Session' } } } };
}
