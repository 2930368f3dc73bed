import { defineRoute, id, listOf, listQuery, type RawBody } from '@reprieve/http-kit'
import { z } from 'zod'
import { MOST_BYTES, MOST_FILES } from '../../application/keep-evidence.js'
import { EVIDENCE_SORTS } from '../postgres/evidence.repository.js'
import { evidenceView, uploadView } from './evidence.view.js'

const tag = 'Evidence'

// What surrounds the file in the form.
const FORM_BYTES = 16 * 1024

const form: RawBody = {
  raw: true,
  accepts: ['multipart/form-data'],
  maxBytes: MOST_BYTES + FORM_BYTES,
  schema: z.object({ file: z.string().meta({ format: 'binary', description: `At most ${MOST_BYTES} bytes.` }) }),
}

export const uploadEvidenceRoute = defineRoute({
  method: 'POST',
  path: '/evidence',
  operation: 'uploadEvidence',
  summary: 'Upload a file before asking for an exception',
  description:
    'With `exceptions.request`, or a role that may ask from tickets. The request then names it in `evidenceIds`. A file that no request uses goes away after a day. What it is, is told by its content.',
  tag,
  access: 'signed-in',
  body: form,
  answers: { 201: uploadView },
  problems: ['NOT_PERMITTED', 'INVALID', 'CONFLICT'],
})

const ofException = z.object({ id: id() })

export const addEvidenceRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/{id}/evidence',
  operation: 'addEvidence',
  summary: 'Add a file to an exception',
  description: `Its requester can, while it is pending or active; at most ${MOST_FILES} files in all.`,
  tag,
  access: 'signed-in',
  params: ofException,
  body: form,
  answers: { 201: evidenceView },
  problems: ['INVALID', 'NOT_ALLOWED', 'NOT_FOUND', 'WRONG_STATUS', 'CONFLICT'],
})

export const listEvidenceRoute = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}/evidence',
  operation: 'listEvidence',
  summary: 'The files of an exception',
  tag,
  access: 'signed-in',
  params: ofException,
  query: listQuery({ sorts: EVIDENCE_SORTS, defaultSort: 'addedAt', filters: {} }),
  answers: { 200: listOf(evidenceView) },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const readEvidenceRoute = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}/evidence/{fileId}',
  operation: 'readEvidence',
  summary: 'Download a file of an exception',
  description: 'For whoever can read the exception. Always a download: never shown in the page that links to it.',
  tag,
  access: 'signed-in',
  params: z.object({ id: id(), fileId: id() }),
  answers: { 200: null },
  streams: { 200: ['application/octet-stream'] },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})
