// `node assemble.mjs INSTALLED COMPILED TARGET`: lays out an image's files from a folder where nothing but what runs is installed, and one where
// our packages are compiled.
// Each folder of TARGET is a layer; what changes least comes first. The same input makes the same files, with the same times.
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { materials } from './materials.mjs'

const [installed, compiled, target] = process.argv.slice(2)
const epochSeconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0)

const layer = (name) => join(target, name, 'app')
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const isFolder = (path) => lstatSync(path).isDirectory()

// For people and compilers, and more than half of the bytes. Licences stay.
const UNUSED = new Set(['.map', '.ts', '.mts', '.cts', '.md', '.markdown', '.flow'])
const isUsed = (path) => !UNUSED.has(extname(path)) || /^licen[cs]e/i.test(basename(path))
// What npm keeps for itself.
const OF_NPM = new Set(['.bin', '.package-lock.json'])
// What our packages were made from, and what is laid out otherwise.
const NOT_OURS = new Set(['src', 'test', 'node_modules', 'package.json', 'README.md'])
// Of the package of Node, beside the program itself.
const OF_NODE = new Set(['', 'package.json', 'LICENSE'])

const nodePackage = readdirSync(join(installed, 'node_modules')).find((name) => /^node-linux-[a-z0-9]+$/.test(name))
if (nodePackage === undefined) throw new Error(`npm knows no package of Node for Linux on ${process.arch}`)

/** Folders of our own packages that run, as `libs/outbox`: those that npm has linked. */
const scope = join(installed, 'node_modules/@reprieve')
const ours = readdirSync(scope)
  .map((name) => relative(installed, realpathSync(join(scope, name))))
  .sort()

function copy(from, to, isTaken) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => isTaken(relative(from, path), path) })
}

/** Our manifests as they are where nothing is developed any more. */
function writeManifests(root) {
  const { name, version, description, license, type } = readJson(join(installed, 'package.json'))
  const optionalDependencies = {
    [nodePackage]: readJson(join(installed, 'node_modules', nodePackage, 'package.json')).version,
  }
  const manifests = [
    ['.', { name, version, description, license, type, private: true, workspaces: ours, optionalDependencies }],
    ...ours.map((folder) => {
      const { devDependencies, scripts, ...manifest } = readJson(join(installed, folder, 'package.json'))
      return [folder, manifest]
    }),
  ]
  for (const [folder, manifest] of manifests) {
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
}

function layOutPackages(from, to) {
  copy(from, to, (path, full) => {
    if (OF_NPM.has(path.split('/')[0])) return false
    const [, ofNode] = path.split(`${nodePackage}/`)
    if (ofNode !== undefined) return OF_NODE.has(ofNode)
    return isFolder(full) || isUsed(path)
  })
}

const nodeLayer = layer('node')
mkdirSync(join(nodeLayer, 'bin'), { recursive: true })
cpSync(join(installed, 'node_modules', nodePackage, 'bin/node'), join(nodeLayer, 'bin/node'))

const packagesLayer = layer('packages')
layOutPackages(join(installed, 'node_modules'), join(packagesLayer, 'node_modules'))
// Versions that only one of our packages uses.
for (const folder of ours
  .map((folder) => join(folder, 'node_modules'))
  .filter((folder) => existsSync(join(installed, folder))))
  layOutPackages(join(installed, folder), join(packagesLayer, folder))

const productLayer = layer('product')
for (const folder of ours) {
  copy(
    join(compiled, folder),
    join(productLayer, folder),
    (path) => !NOT_OURS.has(path.split('/')[0]) && isOfProduct(path),
  )
}
function isOfProduct(path) {
  // Told of the console, rather than part of it.
  return !/^dist\/(?:sbom|packages)\.json$|(?:^|\/)\.built$|\.map$/.test(path)
}
writeManifests(productLayer)
cpSync(join(installed, 'LICENSE'), join(productLayer, 'LICENSE'))
mkdirSync(join(productLayer, 'bin'))
cpSync(join(installed, 'deploy/image/reprieve.mjs'), join(productLayer, 'deploy/image/reprieve.mjs'))
writeFileSync(join(productLayer, 'bin/reprieve'), "#!/app/bin/node\nimport '../deploy/image/reprieve.mjs'\n")
chmodSync(join(productLayer, 'bin/reprieve'), 0o755)

// npm lists what is installed as long as no manifest names what was left out on purpose: for development, or by an override.
const { overrides = {} } = readJson(join(installed, 'package.json'))
const leftOut = Object.keys(overrides).filter((name) => !existsSync(join(installed, 'node_modules', name)))
for (const path of globSync('node_modules/{*,@*/*}/package.json', { cwd: installed })) {
  const manifest = readJson(join(installed, path))
  const named = leftOut.filter((name) => manifest.dependencies?.[name] !== undefined)
  for (const name of named) delete manifest.dependencies[name]
  if (named.length > 0) writeFileSync(join(installed, path), JSON.stringify(manifest))
}
writeManifests(installed)
const bill = materials({
  folder: installed,
  bundles: [
    {
      owner: '@reprieve/console',
      packages: readJson(join(compiled, 'console/dist/packages.json')),
      known: readJson(join(compiled, 'console/dist/sbom.json')),
    },
  ],
  createdAt: new Date(epochSeconds * 1_000),
})
writeFileSync(join(productLayer, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`)

/** Modes and times do not tell where and when it was built. */
function settle(path) {
  const found = lstatSync(path)
  if (found.isDirectory()) for (const name of readdirSync(path)) settle(join(path, name))
  if (!found.isSymbolicLink()) chmodSync(path, found.isDirectory() || found.mode & 0o111 ? 0o755 : 0o644)
  lutimesSync(path, epochSeconds, epochSeconds)
}
settle(target)
