// The tables of the chart's README: every value, and every setting and secret of each service.
import { meaningOf } from './schema.mjs'

const BEGIN = '<!-- `npm run chart` writes what follows. -->'

const cell = (text) => text.replaceAll('|', '\\|')
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')

function defaultOf(values, path) {
  const value = path.split('.').reduce((at, name) => at?.[name], values)
  if (value === undefined || value === '' || value === null) return ''
  if (typeof value === 'object' && Object.keys(value).length === 0) return Array.isArray(value) ? '`[]`' : '`{}`'
  return `\`${typeof value === 'object' ? JSON.stringify(value) : value}\``
}

/** @returns the README with its tables made anew; what is above the mark stays */
export function chartReadme(readme, { descriptions, settings, values }) {
  const [head] = readme.split(BEGIN)
  const sections = Map.groupBy(descriptions.keys(), (path) => (path.includes('.') ? path.split('.')[0] : ''))
  const title = (section) => (section === '' ? 'General' : `\`${section}\``)
  const tables = [...sections].map(([section, paths]) => {
    const rows = paths.map((path) => {
      // What a service has of its own shows in the tables below, and in values.yaml.
      const fallback = section === 'services' ? '' : defaultOf(values, path)
      return [`\`${path}\``, descriptions.get(path), fallback]
    })
    return `### ${title(section)}\n\n${table(['value', 'meaning', 'default'], rows)}`
  })
  const { gateway, ...others } = settings
  const isCommon = ({ name }) => Object.values(others).every((variables) => variables.some((one) => one.name === name))
  const group = (heading, variables) => {
    const rows = variables.map((variable) => [
      `\`${variable.secret ? 'secrets' : 'settings'}.${variable.name}\``,
      meaningOf(variable),
      variable.required ? 'required' : '',
    ])
    return rows.length === 0 ? [] : [`#### ${heading}\n\n${table(['value', 'meaning', ''], rows)}`]
  }
  const ofServices = [
    ...group('`services.gateway`', gateway),
    ...group('Every other service', Object.values(others)[0].filter(isCommon)),
    ...Object.entries(others).flatMap(([service, variables]) =>
      group(
        `\`services.${service}\``,
        variables.filter((variable) => !isCommon(variable)),
      ),
    ),
  ]
  return [
    `${head}${BEGIN}`,
    ...tables,
    '### Settings and secrets of each service',
    'Settings are environment variables; secrets are variables, too, given as `{ name, key }` of an existing secret and mounted as files.',
    ...ofServices,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}
