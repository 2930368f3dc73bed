import { id, instant, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import type { UploadedFile } from '../../application/evidence.port.js'
import type { EvidenceFile } from '../../domain/exception.js'

const file = {
  id: id(),
  name: z.string(),
  size: z.int().min(1).meta({ description: 'Bytes.' }),
  type: z.string().meta({ description: 'The media type told by its content, whatever was said of it.' }),
  sha256: z.string().meta({ description: 'In hexadecimal.' }),
}

export const uploadView = z.object(file).meta({ id: 'UploadedEvidence' })

export const evidenceView = z.object({ ...file, addedBy: personName(), addedAt: instant() }).meta({ id: 'Evidence' })

export const toUploadView = ({ id, name, size, type, sha256 }: UploadedFile): z.input<typeof uploadView> => ({
  id,
  name,
  size,
  type,
  sha256,
})

export const toEvidenceView = ({ uploadedBy, addedAt, ...rest }: EvidenceFile): z.input<typeof evidenceView> => ({
  ...rest,
  addedBy: uploadedBy,
  addedAt: addedAt.toISOString(),
})
