// `npm run images`: the image that everything runs from, and the list of what is in it, into .cache/images.
//   --base IMAGE --build-base IMAGE   what it is built on and in (deploy/Dockerfile tells what they need)
//   --local-base                      makes both of Debian's packages, without asking a registry
//   --fresh                           takes nothing from a cache
import { parseArgs } from 'node:util'
import { bases, buildImage, identity, missing, saveImage } from './lib/images.mjs'
import { prepare } from './lib/prepare.mjs'

await prepare()
const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    'build-base': { type: 'string' },
    'local-base': { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
  },
})
const lacking = missing({ local: values['local-base'] })
if (lacking.length > 0) {
  console.error(
    `not installed: ${lacking.join(', ')}\nWith Docker instead: docker buildx build -f deploy/Dockerfile -t reprieve .`,
  )
  process.exit(1)
}
const image = identity()
const chosen = bases({ base: values.base, buildBase: values['build-base'], local: values['local-base'] })
const { digest, bytes } = buildImage({ ...image, ...chosen, fresh: values.fresh })
const { archive, bill } = saveImage(image)
console.log(`${image.tag}  ${digest}  ${Math.round(bytes / 1e6)} MB with its base\n${archive}\n${bill}`)
