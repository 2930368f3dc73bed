import { type Fields, fields, firstText, isFields, list, text, texts } from '../json/fields.js'
import type { ReportAsset } from '../report-format.port.js'

export interface OcsfResource {
  readonly asset: ReportAsset
  /** What to put before a finding's own place, where several resources count as one asset. */
  readonly place: string | undefined
}

/**
 * The assets a finding is on: its resources; else the device; else the cloud account, for checks of settings that belong
 * to no resource.
 */
export function resourcesOf(event: Fields): OcsfResource[] {
  const cloud = fields(event['cloud'])
  const account = fields(cloud['account'])
  const resources = [...list(event['resources']), ...(isFields(event['resource']) ? [event['resource']] : [])]
  const found = resources.flatMap((entry) => resource(fields(entry), account) ?? [])
  if (found.length > 0) return found
  const device = fields(event['device'])
  const host = firstText(device['hostname'], device['name'], device['ip'])
  if (host !== undefined) {
    const os = text(fields(device['os'])['name'])
    const id = firstText(device['uid'], device['instance_uid'])
    return [{ asset: { name: host, type: 'host', os, id: isGlobal(id) ? id : undefined }, place: undefined }]
  }
  const uid = text(account['uid'])
  if (uid === undefined) return []
  const provider = text(cloud['provider']) ?? 'cloud'
  return [{ asset: { name: `${provider} account ${uid}`, type: 'cloudResource' }, place: undefined }]
}

function resource(entry: Fields, account: Fields): OcsfResource | undefined {
  const uid = text(entry['uid'])
  const name = firstText(entry['name'], entry['uid'])
  if (name === undefined) return undefined
  const labels = [...texts(entry['labels']), ...tagsOf(entry['tags'])]
  const global = isGlobal(uid)
  // A bucket called "logs" in one account is not the one in another.
  const scope = [account['uid'], entry['region'], entry['namespace'], entry['type']].flatMap((part) => text(part) ?? [])
  return {
    asset: {
      id: global ? uid : scope.length > 0 ? `cloudResource:${[...scope, uid ?? name].join('/')}` : undefined,
      name,
      type: 'cloudResource',
      owner: firstText(fields(entry['owner'])['name'], fields(entry['owner'])['email_addr']),
      tags: labels.length > 0 ? labels : undefined,
    },
    place: undefined,
  }
}

/** Ids that mean the same thing everywhere: ARNs, resource paths of Azure and Google, URLs, UUIDs. */
function isGlobal(id: string | undefined): id is string {
  return (
    id !== undefined &&
    (/^arn:/i.test(id) ||
      /^\/(?:subscriptions|organizations|folders|projects)\//i.test(id) ||
      /^\/\/[\w.-]+\.googleapis\.com\//.test(id) ||
      /^https?:\/\//.test(id) ||
      /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
  )
}

/** OCSF 1.2 and later: a list of `{ name, value }`. */
function tagsOf(tags: unknown): string[] {
  return list(tags).flatMap((entry) => {
    const { name, value, values } = fields(entry)
    const key = text(name)
    if (key === undefined) return []
    const own = text(value) ?? texts(values)[0]
    return [own === undefined ? key : `${key}:${own}`]
  })
}
