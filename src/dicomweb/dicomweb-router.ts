import express, { type Router } from 'express';
import type { Retained } from '../app/ports.ts';
import { retrieveRouter } from './retrieve-endpoint.ts';
import { searchRouter } from './search-endpoint.ts';
import { type StowOptions, stowRouter } from './stow-endpoint.ts';

export interface DicomWebOptions extends StowOptions {
  readonly retained: Retained;
}

/** The services of the Studies resource (PS3.18 chapter 10) that this node has: store, search and retrieve. */
export function dicomWebRouter(options: DicomWebOptions): Router {
  return express.Router().use(stowRouter(options), searchRouter(options), retrieveRouter(options));
}
