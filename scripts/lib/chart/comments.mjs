// The comments of values.yaml: `# -- text` above a key is its description.

const KEY = /^( *)([A-Za-z][\w-]*):(?: |$)/
const DESCRIPTION = /^ *# -- (.*)$/

/** Descriptions by path (`kafka.tls.enabled`), in the order of the file. @throws where a description has no key below it */
export function describedValues(yaml) {
  const found = new Map()
  const parents = []
  let pending = null
  for (const [index, line] of yaml.split('\n').entries()) {
    const described = DESCRIPTION.exec(line)
    if (described !== null) {
      pending = described[1]
      continue
    }
    const key = KEY.exec(line)
    if (key === null) {
      if (pending !== null) throw new Error(`values.yaml:${index + 1}: a description is followed by no value`)
      continue
    }
    const [, indentation, name] = key
    const depth = indentation.length / 2
    parents.length = depth
    parents[depth] = name
    if (pending !== null) found.set(parents.join('.'), pending)
    pending = null
  }
  return found
}
