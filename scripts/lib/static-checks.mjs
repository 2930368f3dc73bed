// Checks that read the code without running it, quickest first. `npm test` and `npm run check` share them.
import { join } from 'node:path'
import { root } from './prepare.mjs'

const bin = (name) => join(root, 'node_modules/.bin', name)

export const STATIC_CHECKS = [
  { name: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings', '.'] },
  {
    name: 'types',
    command: process.execPath,
    args: [join(root, 'node_modules/typescript7/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'],
  },
  {
    name: 'types of the console',
    command: process.execPath,
    args: [join(root, 'node_modules/typescript7/bin/tsc'), '--noEmit', '-p', 'console/tsconfig.json'],
  },
  { name: 'event contracts are well formed', command: bin('buf'), args: ['lint', 'proto'] },
  {
    name: 'event contracts break nobody who reads the last release',
    command: bin('buf'),
    args: ['breaking', 'proto', '--against', 'proto/last-release.binpb'],
  },
  {
    name: 'import directions',
    command: bin('depcruise'),
    args: ['--config', '.dependency-cruiser.cjs', 'libs', 'services', 'console'],
  },
  {
    name: 'table types follow the migrations',
    command: process.execPath,
    args: [join(root, 'scripts/db-types.mjs'), '--check'],
  },
  {
    name: 'the chart follows what it is made from',
    command: process.execPath,
    args: [join(root, 'scripts/chart.mjs'), '--check'],
  },
]
