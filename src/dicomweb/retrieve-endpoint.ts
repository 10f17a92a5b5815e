import express, { type Request, type Response, type Router } from 'express';
import type { EventLog, Retained } from '../app/ports.ts';
import { wholeOrCutOff } from './response-body.ts';
import { retrieveBulkData } from './retrieve-bulk-data.ts';
import { retrieveFrames } from './retrieve-frames.ts';
import { retrieveInstances } from './retrieve-instances.ts';
import { retrieveMetadata } from './retrieve-metadata.ts';
import { retrieveRendered } from './retrieve-rendered.ts';
import { addressIn } from './retrieve-target.ts';

export interface RetrieveOptions {
  readonly retained: Retained;
  readonly log: EventLog;
}

const STUDY = '/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const EACH_LEVEL = [STUDY, SERIES, INSTANCE];

type Answer = (request: Request, response: Response) => Promise<void>;
/** A viewer asks for each picture on its own: a line for each would only fill the log. */
const NOT_LOGGED = ['frames', 'bulkdata', 'rendered'];

/** WADO-RS (PS3.18 10.4) over what is retained. */
export function retrieveRouter({ retained, log }: RetrieveOptions): Router {
  const router = express.Router();
  const at = (paths: string[], answer: Answer): void => {
    router.get(paths, async (request, response) => {
      response.setHeader('Cache-Control', 'no-store');
      await wholeOrCutOff(response, log, () => answer(request, response));
      logged(request, response, log);
    });
  };
  const below = (resource: string): string[] => EACH_LEVEL.map((path) => `${path}/${resource}`);
  at(EACH_LEVEL, (request, response) => retrieveInstances(request, response, retained));
  at(below('metadata'), (request, response) => retrieveMetadata(request, response, { retained, log }));
  at([...below('rendered'), `${INSTANCE}/frames/:frames/rendered`], (request, response) =>
    retrieveRendered(request, response, retained),
  );
  at([`${INSTANCE}/frames/:frames`], (request, response) => retrieveFrames(request, response, retained));
  at([`${INSTANCE}/bulkdata/*path`], (request, response) => retrieveBulkData(request, response, retained));
  return router;
}

function logged(request: Request, { statusCode }: Response, log: EventLog): void {
  const resource = request.path.split('/').findLast((part) => /^[a-z]+$/.test(part)) ?? '';
  if (NOT_LOGGED.includes(resource)) return;
  log.info('dicomweb-retrieve', { resource, ...addressIn(request), status: statusCode });
}
