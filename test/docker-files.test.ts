import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../src/config/load-config.ts';

const ROOT = new URL('../', import.meta.url);

function textOf(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** Instructions of a Dockerfile with their continuation lines. */
function instructionsOf(file: string): readonly string[] {
  const text = textOf(file).replace(/^#.*\n/gm, '');
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const KNOWN = /^(?:FROM|RUN|WORKDIR|COPY|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) /;

describe.each(['docker/Dockerfile', 'docker/Dockerfile.cuda'])('%s', (file) => {
  const instructions = instructionsOf(file);

  it('consists of instructions that exist, in an order that makes sense', () => {
    expect(instructions.filter((line) => !KNOWN.test(line))).toEqual([]);
    expect(instructions[0]).toMatch(/^FROM \S+:\S+ AS build$/);
    expect(instructions.filter((line) => line.startsWith('FROM'))).toHaveLength(2);
    const runsAs = instructions.findIndex((line) => line.startsWith('USER'));
    expect(instructions.slice(runsAs).filter((line) => /^(?:RUN|COPY)/.test(line))).toEqual([]);
  });

  it('copies only what is in the repository and not kept out of the build', () => {
    const keptOut = textOf('.dockerignore').split('\n');
    const copied = instructions
      .filter((line) => line.startsWith('COPY') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied).toContain('package-lock.json');
    for (const path of copied) {
      expect(existsSync(new URL(path, ROOT)), path).toBe(true);
      expect(keptOut).not.toContain(path);
    }
  });

  it('sets up by the script of npm start, does not run as root, and looks after its health', () => {
    const build = instructions.find((line) => line.startsWith('RUN node'));
    expect(build).toContain('src/setup.mjs');
    expect(instructions.some((line) => line.startsWith('USER') && line !== 'USER root')).toBe(true);
    expect(instructions.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(instructions.filter((line) => /^(?:ENTRYPOINT|CMD)/.test(line)).map(execForm)).toEqual([
      ['/usr/bin/tini', '--', 'node', '/app/dist/cli/main.js'],
      ['serve', '--config', '/etc/cmr-node/site.yaml'],
    ]);
    const health = instructions.find((line) => line.startsWith('HEALTHCHECK'))?.replace(/^.*? CMD /, 'CMD ');
    expect(() => new Function(execForm(health ?? '')[2] as string)).not.toThrow();
  });

  it('sets nothing but keys of the configuration', () => {
    const variables = [...textOf(file).matchAll(/(CMR_NODE_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
    expect(() => loadConfig({ env: Object.fromEntries(variables) })).not.toThrow();
  });
});

function execForm(instruction: string): readonly string[] {
  return JSON.parse(instruction.replace(/^\w+ /, '')) as readonly string[];
}

describe('docker/compose.yaml', () => {
  const compose = parse(textOf('docker/compose.yaml'));
  const { node, orthanc } = compose.services;

  it('publishes every port on this machine alone', () => {
    const ports: readonly string[] = [...node.ports, ...orthanc.ports];
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('names files and volumes that are there', () => {
    const mounts: readonly string[] = [...node.volumes, ...orthanc.volumes];
    for (const mount of mounts) {
      const source = mount.split(':')[0] as string;
      const known = source.startsWith('.')
        ? existsSync(new URL(source, new URL('docker/', ROOT)))
        : Object.hasOwn(compose.volumes, source);
      expect(known, mount).toBe(true);
    }
    expect(existsSync(new URL(node.build.dockerfile, ROOT))).toBe(true);
  });

  it('comes with a configuration that the node accepts, and an Orthanc that fits it', () => {
    const config = loadConfig({ file: fileURLToPath(new URL('docker/site.yaml', ROOT)), env: {} });
    const settings = JSON.parse(textOf('docker/orthanc.json'));
    expect(config.mode).toBe('observe');
    expect(config.destinations[0]).toMatchObject({ host: 'orthanc', port: settings.DicomPort });
    expect(config.destinations[0]).toMatchObject({ calledAeTitle: settings.DicomAet });
    expect(settings.DicomModalities.node).toEqual([config.dimse.aeTitle, 'node', config.dimse.port]);
    expect(node.ports).toContain(`127.0.0.1:${config.dimse.port}:${config.dimse.port}`);
    expect(orthanc.ports).toContain(`127.0.0.1:${settings.HttpPort}:${settings.HttpPort}`);
  });
});
