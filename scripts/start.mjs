// `npm start`: sets up what is missing, builds what is stale, and runs the whole product in this process.
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()
await import(`${root}/services/standalone/dist/main.js`)
