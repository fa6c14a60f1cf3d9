/** The images of the cluster, put together here: no registry is asked. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findOnPath } from '../../bench/process.ts';

export const PAUSE_IMAGE = 'watchkeeper.test/pause:1';
export const COREDNS_IMAGE = 'watchkeeper.test/coredns:1';
export const BUSYBOX_IMAGE = 'watchkeeper.test/busybox:1';

const IMAGE_BYTES_MAX = 256 * 1024 * 1024;

/** Go's and Kubernetes' name of this machine's architecture. */
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

export interface ImageSpec {
  readonly name: string;
  /** Written by the caller into the image's root folder. */
  readonly fill: (root: string) => void;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** An image with one static program, which it runs. */
export function programImage(name: string, program: string): ImageSpec {
  const path = `/${basename(program)}`;
  return {
    name,
    fill: (root) => putProgram(program, join(root, path)),
    entrypoint: [path],
    command: [],
  };
}

export function busyboxImage(): ImageSpec {
  return { name: BUSYBOX_IMAGE, fill: fillBusybox, entrypoint: [], command: ['sh'] };
}

/** @returns the path of a tar in OCI layout, for `ctr images import` */
export function packImage(spec: ImageSpec, folder: string): string {
  const name = (/([^/:]+):/.exec(spec.name) ?? [])[1] ?? 'image';
  const work = join(folder, name);
  rmSync(work, { recursive: true, force: true });
  const root = join(work, 'root');
  const layout = join(work, 'layout');
  const blobs = join(layout, 'blobs', 'sha256');
  mkdirSync(root, { recursive: true });
  mkdirSync(blobs, { recursive: true });

  spec.fill(root);
  const tar = packFolder(root);
  const putBlob = (mediaType: string, content: Buffer): Descriptor => {
    const digest = sha256(content);
    writeFileSync(join(blobs, digest), content);
    return { mediaType, digest: `sha256:${digest}`, size: content.length };
  };
  const layer = putBlob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar));
  const config = putBlob(
    'application/vnd.oci.image.config.v1+json',
    json({
      architecture: ARCHITECTURE,
      os: 'linux',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Entrypoint: spec.entrypoint,
        Cmd: spec.command,
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] },
    }),
  );
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = putBlob(
    manifestType,
    json({ schemaVersion: 2, mediaType: manifestType, config, layers: [layer] }),
  );
  const entry = {
    ...manifest,
    annotations: { 'io.containerd.image.name': spec.name },
    platform: { architecture: ARCHITECTURE, os: 'linux' },
  };
  writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, manifests: [entry] }));
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));

  const path = join(folder, `${name}.tar`);
  writeFileSync(path, packFolder(layout));
  rmSync(work, { recursive: true });
  return path;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function fillBusybox(root: string): void {
  const busybox = findOnPath('busybox');
  if (busybox === undefined) throw new Error('busybox is not on PATH');
  for (const folder of ['bin', 'etc', 'root', 'tmp', 'var']) mkdirSync(join(root, folder));
  chmodSync(join(root, 'tmp'), 0o1777);
  putProgram(busybox, join(root, 'bin', 'busybox'));
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets) {
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  }
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  // Without it a static program's resolver crashes.
  writeFileSync(join(root, 'etc', 'nsswitch.conf'), 'hosts: files dns\n');
  writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\n');
}

function putProgram(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

/** The same folder gives the same bytes, so that an image keeps its digest. */
function packFolder(folder: string): Buffer {
  const stable = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const args = [...stable, '-C', folder, '-cf', '-', '.'];
  return execFileSync('tar', args, { maxBuffer: IMAGE_BYTES_MAX });
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
