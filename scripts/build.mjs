// `npm run build`: `dist/` of every package, and the event types from `proto/`.
import { build, prepare } from './lib/prepare.mjs'

await prepare()
build()
