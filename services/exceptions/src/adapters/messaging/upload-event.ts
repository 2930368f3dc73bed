import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NewEvent } from '@reprieve/outbox'
import type { UploadedFile } from '../../application/evidence.port.js'

/** What became of an upload: it is kept and free, a request has it, or nobody used it in time. */
export type UploadFate = { type: 'free' } | { type: 'taken'; exceptionId: string } | { type: 'removed' }

/** An upload as `exceptions.v1` tells it: twice at most, first that it is there, then what became of it. */
export const uploadEvent = (file: UploadedFile, fate: UploadFate, at: Date): NewEvent<'exceptions.v1'> => ({
  topic: 'exceptions.v1',
  subjectId: file.id,
  version: fate.type === 'free' ? 1 : 2,
  actor: fate.type === 'removed' ? null : file.uploadedBy,
  at,
  body: {
    body: {
      case: 'upload',
      value: {
        file: { id: file.id, name: file.name, size: BigInt(file.size), type: file.type, sha256: file.sha256 },
        uploadedBy: file.uploadedBy,
        uploadedAt: timestampFromDate(file.uploadedAt),
        exceptionId: fate.type === 'taken' ? fate.exceptionId : '',
        removed: fate.type === 'removed',
      },
    },
  },
})
