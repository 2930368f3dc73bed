import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A program in Maven's repository, by its coordinates. */
export interface JavaProgram {
  /** Of the folder its jars are kept in. */
  name: string
  group: string
  artifact: string
  version: string
  /** A set of versions (a `bom`) that wins over what the program asks for. */
  versions?: { group: string; artifact: string; version: string }
}

const run = promisify(execFile)
const LEAST_JAVA = 17
// Under the project's root, shared by all runs.
const CACHE = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/** For `sh -c`: tells the id of a program's process, which ends with us even if we are killed: then the pipe of its standard input closes. */
export const WATCHED =
  'exec 3<&0; "$@" & program=$!; echo "$program"; (cat <&3 >/dev/null; kill -9 "$program" 2>/dev/null) & wait "$program"'

/** The folder of a program's jars, fetched by Maven the first time; null where Java 17 or Maven is missing. */
export async function jarFolder(program: JavaProgram): Promise<string | null> {
  if (!(await hasJava())) return null
  const cache = join(CACHE, program.name)
  const jars = join(cache, [program.version, program.versions?.version].filter(Boolean).join('-'))
  if (await exists(jars)) return jars
  try {
    await run('mvn', ['--version'])
  } catch {
    return null
  }
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'fetching-'))
  try {
    await writeFile(join(folder, 'pom.xml'), pom(program))
    await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(folder, 'jars')}`,
    ])
    // Another run may have been faster.
    await rename(join(folder, 'jars'), jars).catch(async (error: Error) => {
      if (!(await exists(jars))) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return jars
}

async function hasJava(): Promise<boolean> {
  try {
    const { stderr } = await run('java', ['-version'])
    return Number(/version "(\d+)/.exec(stderr)?.[1]) >= LEAST_JAVA
  } catch {
    return false
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const pom = ({
  name,
  group,
  artifact,
  version,
  versions,
}: JavaProgram) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>reprieve</groupId><artifactId>${name}-for-tests</artifactId><version>1</version>
  ${versions === undefined ? '' : `<dependencyManagement><dependencies>${imported(versions)}</dependencies></dependencyManagement>`}
  <dependencies>
    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`

const imported = ({ group, artifact, version }: { group: string; artifact: string; version: string }) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><type>pom</type><scope>import</scope></dependency>`
