import { count } from '@reprieve/http-kit'
import { z } from 'zod'
import { assetTypes, severities } from '../../domain/identity/index.js'
import type { InstanceDetails } from '../postgres/instance.reader.js'

const instant = () => z.iso.datetime()

export const severity = z.enum(severities)

export const instanceView = z
  .object({
    id: z.uuid(),
    asset: z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(assetTypes),
      os: z.string().nullable(),
      owner: z.string().nullable(),
      businessUnit: z.string().nullable(),
      environment: z.string().nullable(),
      exposure: z.string().nullable(),
      criticality: z.string().nullable(),
      tags: z.array(z.string()).nullable(),
    }),
    vulnerability: z.string().meta({ description: 'Its canonical id: the CVE where there is one.' }),
    aliases: z.array(z.string()).meta({ description: 'All its ids, the canonical one among them.' }),
    title: z.string().nullable(),
    description: z.string().nullable(),
    link: z.string().nullable(),
    component: z.object({
      name: z.string().nullable(),
      version: z.string().nullable(),
      purl: z.string().nullable(),
    }),
    location: z.string().nullable(),
    port: z.int().nullable(),
    severity: severity.meta({ description: 'The highest that a scanner reporting it now gives.' }),
    cvss: z.number().nullable(),
    epss: z.number().nullable(),
    kev: z.boolean().nullable(),
    fixAvailable: z.boolean().nullable(),
    status: z.enum(['open', 'closed']),
    firstSeen: instant(),
    lastSeen: instant(),
    closedAt: instant().nullable(),
    attributions: z.array(
      z.object({
        scanner: z.string(),
        status: z.enum(['open', 'closed']),
        severity,
        scannerSeverity: z.string().nullable(),
        title: z.string().nullable(),
        cvss: z.number().nullable(),
        cvssVector: z.string().nullable(),
        epss: z.number().nullable(),
        kev: z.boolean().nullable(),
        fixAvailable: z.boolean().nullable(),
        fixedVersions: z.array(z.string()),
        componentVersion: z.string().nullable(),
        location: z.string().nullable(),
        suppressed: z.boolean().meta({ description: 'Marked so by the report itself; for information.' }),
        firstSeen: instant(),
        lastSeen: instant(),
        closedAt: instant().nullable(),
        scanId: z.string(),
      }),
    ),
    coveredBy: z.array(z.uuid()).meta({ description: 'Exceptions in force that suppress it.' }),
    deferredBy: z.array(z.uuid()).meta({ description: 'Exceptions in force that defer it.' }),
  })
  .meta({ id: 'Instance' })

/** Up to when everything about exceptions is known. */
export const asOf = () =>
  z.iso.datetime().nullable().meta({
    description: 'All changes of exceptions up to this time are in the answer; null where none were heard of.',
  })

export const instanceList = z.object({
  items: z.array(instanceView),
  nextCursor: z.string().nullable(),
  count: count(),
  asOf: asOf(),
})

export function toInstanceView(instance: InstanceDetails) {
  return {
    id: instance.id,
    asset: {
      id: instance.asset_id,
      name: instance.asset_name,
      type: instance.asset_type,
      os: instance.asset_os,
      owner: instance.asset_owner,
      businessUnit: instance.asset_business_unit,
      environment: instance.asset_environment,
      exposure: instance.asset_exposure,
      criticality: instance.asset_criticality,
      tags: instance.asset_tags,
    },
    vulnerability: instance.vulnerability_id,
    aliases: instance.vulnerability_ids,
    title: instance.title,
    description: instance.vulnerability_description,
    link: instance.vulnerability_link,
    component: {
      name: instance.component_name,
      version: instance.component_version,
      purl: instance.component_purl,
    },
    location: instance.location,
    port: instance.port,
    severity: instance.severity,
    cvss: instance.cvss,
    epss: instance.epss,
    kev: instance.kev,
    fixAvailable: instance.fix_available,
    status: instance.open ? 'open' : 'closed',
    firstSeen: instance.first_seen,
    lastSeen: instance.lastSeen,
    closedAt: instance.closed_at,
    attributions: instance.attributions.map(({ facts, ...attribution }) => ({
      scanner: attribution.scanner,
      status: attribution.status,
      severity: facts.severity,
      scannerSeverity: facts.scannerSeverity,
      title: facts.title,
      cvss: facts.cvss,
      cvssVector: facts.cvssVector,
      epss: facts.epss,
      kev: facts.kev,
      fixAvailable: facts.fixAvailable,
      fixedVersions: facts.fixedVersions,
      componentVersion: facts.componentVersion,
      location: facts.locationText ?? facts.location,
      suppressed: facts.suppressed,
      firstSeen: attribution.firstSeen,
      lastSeen: attribution.lastSeen,
      closedAt: attribution.closedAt,
      scanId: attribution.scanId,
    })),
    coveredBy: instance.coveredBy,
    deferredBy: instance.deferredBy,
  }
}
