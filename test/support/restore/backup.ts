/** A way to back every database up while it is in use. */
export interface BackupMethod {
  /** `pg_dump 18.4`. */
  readonly name: string
  take(): Promise<Backup>
}

export interface Backup {
  /** Restores one database beside the one that is in use, as often as it is asked for. @returns its address */
  restore(database: string): Promise<string>
  /** Takes away whatever was restored. */
  remove(): Promise<void>
}
