import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// Smaller than that, the head of the answer weighs more than what is saved.
const LEAST_BYTES = 1_024
// The folder of the innermost package that a module lies in.
const PACKAGE_FOLDER = /^(\/?[^\0]*\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\//
const COMPRESSIBLE = /\.(?:js|css|svg|html)$/

/** Writes `.br` and `.gz` beside each file once, so that the gateway never compresses while somebody waits. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'reprieve:compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        // The page itself is not among them: the gateway writes a nonce into each copy.
        if (!entry.isFile() || !COMPRESSIBLE.test(entry.name) || entry.name === 'index.html') continue
        const path = join(entry.parentPath, entry.name)
        const content = readFileSync(path)
        if (content.length < LEAST_BYTES) continue
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}

/** Writes `packages.json` beside the page: name and version of each package of which something is in it, for the list of what an image holds. */
function contents(): Plugin {
  return {
    name: 'reprieve:contents',
    apply: 'build',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
      // Styles are taken out of the chunks that ask for them.
      const styles = [...this.getModuleIds()].filter((id) => /\.css(?:\?|$)/.test(id))
      const folders = new Set(
        [...modules, ...styles].flatMap((id) => PACKAGE_FOLDER.exec(id.replaceAll('\\', '/'))?.[1] ?? []),
      )
      const packages = [...folders].map((folder) => {
        const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        return `${name}@${version}`
      })
      const source = `${JSON.stringify([...new Set(packages)].sort(), null, 2)}\n`
      this.emitFile({ type: 'asset', fileName: 'packages.json', source })
    },
  }
}

export default defineConfig({
  plugins: [react(), compressed(), contents()],
  // The gateway puts a new nonce in its place for every answer.
  html: { cspNonce: '{{nonce}}' },
  build: {
    target: 'es2023',
    sourcemap: false,
    // React, Mantine, the router and the table: what every page needs comes in one.
    chunkSizeWarningLimit: 800,
    // A data: address would need an exception in the policy for what is fetched.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': process.env['REPRIEVE_URL'] ?? 'http://localhost:8080' },
  },
})
