// Builds the image of deploy/Dockerfile with podman, the same from the same: no daemon, and times that are given rather than the clock's.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './prepare.mjs'

export const FOLDER = join(root, '.cache/images')

const BASES = { base: 'docker.io/library/debian:trixie-slim', buildBase: 'docker.io/library/node:24-trixie-slim' }
const LOCAL_BASE = 'localhost/reprieve-base'
const LOCAL_BUILD_BASE = 'localhost/reprieve-build-base'
// Where no registry is in reach an answer may never come.
const PULL_MS = 10 * 60_000

const say = (text) => process.stderr.write(`${text}\n`)
const output = (command, args, options = {}) =>
  execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  }).trim()
const run = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
const succeeds = (command, args, options = {}) => spawnSync(command, args, { stdio: 'ignore', ...options }).status === 0

/** What the image says of itself. `SOURCE_DATE_EPOCH` is the commit's time where it is not given. */
export function identity() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const git = (...args) => output('git', ['-C', root, ...args])
  const epoch = Number(process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct'))
  const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
  return {
    version,
    tag: `docker.io/library/reprieve:${version}`,
    epoch,
    created: new Date(epoch * 1_000).toISOString().replace('.000Z', 'Z'),
    revision: `${git('rev-parse', 'HEAD')}${changed ? '-changed' : ''}`,
  }
}

/** What is missing on this machine for building, or for running as well: names of Debian's packages. */
export function missing({ local, runs = false }) {
  const wanted = {
    podman: 'podman',
    ...(local ? { debootstrap: 'debootstrap' } : {}),
    ...(runs ? { runc: 'runc' } : {}),
  }
  return Object.entries(wanted).flatMap(([command, name]) => (succeeds(command, ['--version']) ? [] : [name]))
}

/**
 * The images that ours is built in and on: those that are named, else the ordinary ones where their registry answers, else ones that are made
 * here of Debian's packages, the Node of the lock file and the npm that runs this.
 * @param local makes them here without asking a registry
 */
export function bases({ base, buildBase, local }) {
  if (base !== undefined && buildBase !== undefined) return { base, buildBase }
  if (!local) {
    const wanted = { base: base ?? BASES.base, buildBase: buildBase ?? BASES.buildBase }
    const has = (image) =>
      succeeds('podman', ['image', 'exists', image]) ||
      succeeds('podman', ['pull', '--quiet', image], { timeout: PULL_MS })
    const reached = Object.values(wanted).every((image) => image.startsWith('localhost/') || has(image))
    if (reached) return wanted
    say('No registry is in reach: the base is made of Debian’s packages (--local-base asks for that at once).')
    if (missing({ local: true }).length > 0) {
      throw new Error(
        'For that debootstrap is needed, and it is not installed; or name images with --base and --build-base',
      )
    }
  }
  const made = base ?? makeBase()
  return { base: made, buildBase: buildBase ?? makeBuildBase(made) }
}

/** Debian's smallest system, kept in .cache: making it takes minutes. */
function makeBase() {
  const release = readFileSync('/etc/os-release', 'utf8')
  const suite = /^ID=debian$/m.test(release) ? /^VERSION_CODENAME=(\w+)$/m.exec(release)[1] : 'stable'
  const image = `${LOCAL_BASE}:${suite}`
  if (succeeds('podman', ['image', 'exists', image])) return image
  const archive = join(FOLDER, 'base', `${suite}.tar`)
  if (!existsSync(archive)) {
    if (process.getuid() !== 0) throw new Error('debootstrap makes a base as root only; or name one with --base')
    say(`Making a base of Debian ${suite} (once, a few minutes) …`)
    const folder = mkdtempSync(join(tmpdir(), 'reprieve-base-'))
    try {
      // In a mount namespace of its own: what it mounts goes with it, however it ends. Nobody needs the base to survive a power cut half-way.
      run('unshare', ['--mount', 'debootstrap', '--variant=minbase', suite, folder], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DPKG_FORCE: 'unsafe-io' },
      })
      for (const leftover of ['var/cache/apt/archives', 'var/lib/apt/lists', 'var/log', 'dev'])
        rmSync(join(folder, leftover), { recursive: true, force: true })
      for (const empty of ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial', 'var/log', 'dev'])
        mkdirSync(join(folder, empty), { recursive: true })
      chmodSync(folder, 0o755)
      mkdirSync(dirname(archive), { recursive: true })
      run('tar', ['--sort=name', '--numeric-owner', '-C', folder, '-cf', archive, '.'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  run('podman', ['import', '--quiet', archive, image])
  return image
}

/** A base with the Node of the lock file, the npm that runs this, and the authorities that it trusts. Nothing of it gets into our image. */
function makeBuildBase(base) {
  const npm = npmFolder()
  const authorities = process.env.NODE_EXTRA_CA_CERTS
  const context = mkdtempSync(join(tmpdir(), 'reprieve-build-base-'))
  try {
    cpSync(join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`), join(context, 'node'))
    cpSync(npm, join(context, 'npm'), { recursive: true })
    writeFileSync(join(context, 'authorities.pem'), authorities ? readFileSync(authorities) : '')
    writeFileSync(
      join(context, 'Dockerfile'),
      [
        `FROM ${base}`,
        'COPY node /usr/local/bin/node',
        'COPY npm /usr/local/lib/npm',
        'COPY authorities.pem /usr/local/share/authorities.pem',
        'RUN ln -s ../lib/npm/bin/npm-cli.js /usr/local/bin/npm',
        ...(authorities ? ['ENV NODE_EXTRA_CA_CERTS=/usr/local/share/authorities.pem'] : []),
        '',
      ].join('\n'),
    )
    run('podman', ['build', ...BUILD, '--quiet', '--timestamp', '0', '--tag', LOCAL_BUILD_BASE, context])
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
  return LOCAL_BUILD_BASE
}

/** Where the npm that runs this lies. */
function npmFolder() {
  // `npm run` tells; otherwise it is the first on the path, behind the links of its package.
  const command = process.env.npm_execpath ?? output('sh', ['-c', 'command -v npm'])
  return dirname(dirname(realpathSync(command)))
}

// The host's network and limits: packages are fetched as npm fetches them here, and a container may not raise what its starter may not.
const BUILD = ['--network', 'host', '--isolation', 'chroot', '--format', 'oci']

/**
 * Builds the image, nothing of it from a cache where `fresh`.
 * @returns its id, which is the digest of its configuration and with it of every layer, and its manifest's digest
 */
export function buildImage({ base, buildBase, target, fresh = false, tag, version, revision, created, epoch }) {
  const values = {
    BASE: base,
    BUILD_BASE: buildBase,
    VERSION: version,
    REVISION: revision,
    CREATED: created,
    SOURCE_DATE_EPOCH: epoch,
    NPM_CONFIG_REGISTRY: output('npm', ['config', 'get', 'registry'], { cwd: root }),
  }
  run('podman', [
    'build',
    ...BUILD,
    ...(fresh ? ['--no-cache'] : ['--layers']),
    '--timestamp',
    String(epoch),
    ...Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    '--tag',
    tag,
    '--file',
    join(root, 'deploy/Dockerfile'),
    root,
  ])
  return inspect(tag)
}

export function inspect(tag) {
  const [image] = JSON.parse(output('podman', ['image', 'inspect', tag]))
  return { id: image.Id, digest: image.Digest, bytes: image.Size }
}

/** Builds an image of another Dockerfile, in its folder, into an archive. @param values build arguments */
export function imageOf({ context, tag, values, archive }) {
  const named = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  run('podman', ['build', ...BUILD, '--layers', '--timestamp', '0', ...named, '--tag', tag, context])
  save(tag, archive)
}

/** Writes an image as an archive that Docker, podman and containerd load, and beside it the list of what is in it. */
export function saveImage({ tag, version }) {
  mkdirSync(FOLDER, { recursive: true })
  const archive = join(FOLDER, `reprieve-${version}.tar`)
  const bill = join(FOLDER, `reprieve-${version}.cdx.json`)
  save(tag, archive)
  const container = output('podman', ['create', tag, '--help'])
  try {
    run('podman', ['cp', `${container}:/app/sbom.cdx.json`, bill])
  } finally {
    run('podman', ['rm', container], { stdio: 'ignore' })
  }
  return { archive, bill }
}

function save(tag, archive) {
  rmSync(archive, { force: true })
  run('podman', ['save', '--quiet', '--format', 'docker-archive', '--output', archive, tag], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
