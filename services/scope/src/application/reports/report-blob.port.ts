/** The bytes of reports, kept whole before anything is made of them. */
export interface ReportBlob {
  /** Appends one piece, which is kept when this resolves. Pieces of one report are numbered from 0. */
  append(reportId: string, part: number, bytes: Uint8Array): Promise<void>
  /** All pieces in order, read one at a time. */
  read(reportId: string): AsyncIterable<Uint8Array>
  remove(reportId: string): Promise<void>
}
