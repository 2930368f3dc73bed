import { Button, Checkbox, CloseButton, Group, Input, Paper, Progress, Stack, Text, TextInput } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileImport } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiProblem, messageOf } from '../../api/problem.js'
import type { Report } from '../../api/schemas.js'
import { upload } from '../../api/upload.js'
import { sizeText } from '../../table/count-text.js'

const MOST_BYTES = 256 * 1024 * 1024

interface Sending {
  key: number
  name: string
  size: number
  /** 0 to 1. */
  share: number
  state: 'waiting' | 'sending' | 'taken' | 'refused' | 'calledOff'
  reportId?: string
  fault?: string
  end: AbortController
}

/** Sends reports of scanners by drag and drop: one after the other, each with how far it is and what came of it. */
export function ImportForm() {
  const client = useQueryClient()
  const [scanner, setScanner] = useState('')
  const [asset, setAsset] = useState('')
  const [partial, setPartial] = useState(false)
  const [scannerFault, setScannerFault] = useState<string | null>(null)
  const [rejected, setRejected] = useState<string | null>(null)
  const [files, setFiles] = useState<readonly Sending[]>([])
  const nextKey = useRef(0)
  // One after the other: two at once only slow each other down.
  const queue = useRef(Promise.resolve())

  const change = (key: number, changes: Partial<Sending>) =>
    setFiles((before) => before.map((file) => (file.key === key ? { ...file, ...changes } : file)))

  const send = async (file: File, key: number, end: AbortController, parameters: URLSearchParams) => {
    if (end.signal.aborted) return
    change(key, { state: 'sending' })
    const packed = /\.gz$/i.test(file.name)
    try {
      const report = await upload<Report>({
        path: `/reports?${parameters}`,
        body: file,
        headers: {
          'content-type': 'application/octet-stream',
          ...(packed ? { 'content-encoding': 'gzip' } : {}),
        },
        onProgress: (share) => change(key, { share }),
        signal: end.signal,
      })
      change(key, { state: 'taken', share: 1, reportId: report.id })
      void client.invalidateQueries({ queryKey: ['reports'] })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') change(key, { state: 'calledOff' })
      else change(key, { state: 'refused', fault: faultText(error) })
    }
  }

  const drop = (dropped: File[]) => {
    setRejected(null)
    if (scanner.trim() === '') {
      setScannerFault('Say first which scanner the report is from.')
      return
    }
    const parameters = new URLSearchParams({
      scanner: scanner.trim(),
      ...(asset.trim() === '' ? {} : { asset: asset.trim() }),
      ...(partial ? { partial: 'true' } : {}),
    })
    for (const file of dropped) {
      const key = nextKey.current++
      const end = new AbortController()
      setFiles((before) => [
        { key, name: file.name, size: file.size, share: 0, state: 'waiting', end } satisfies Sending,
        ...before,
      ])
      queue.current = queue.current.then(() => send(file, key, end, parameters))
    }
  }

  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group align="flex-start" gap="md">
          <TextInput
            label="Scanner"
            description="Its findings carry this name."
            placeholder="grype"
            withAsterisk
            maxLength={200}
            w={230}
            value={scanner}
            onChange={({ currentTarget }) => {
              setScanner(currentTarget.value)
              setScannerFault(null)
            }}
            error={scannerFault}
          />
          <TextInput
            label="Asset"
            description="Only if the report does not name it."
            placeholder="registry.example/shop:1.4"
            maxLength={1_000}
            w={290}
            value={asset}
            onChange={({ currentTarget }) => setAsset(currentTarget.value)}
          />
          <Checkbox
            label="Only a part of a scan"
            description="Otherwise what it does not report any more is closed."
            mt={26}
            checked={partial}
            onChange={({ currentTarget }) => setPartial(currentTarget.checked)}
          />
        </Group>
        <Dropzone
          onDrop={drop}
          onReject={() => setRejected(`A report can be ${sizeText(MOST_BYTES)} at most.`)}
          maxSize={MOST_BYTES}
          py="lg"
          aria-label="Import reports"
        >
          <Group justify="center" gap="sm" wrap="nowrap" style={{ pointerEvents: 'none' }}>
            <IconFileImport size={22} stroke={1.6} aria-hidden />
            <div>
              <Text size="sm">Drop reports here, or choose them</Text>
              <Text size="xs" c="dimmed">
                CycloneDX, SARIF, OCSF, Grype, Trivy or OSV-Scanner as JSON, also packed as .gz. The format is found by
                what is in it.
              </Text>
            </div>
          </Group>
        </Dropzone>
        <div role="status">{rejected !== null && <Input.Error>{rejected}</Input.Error>}</div>
        {files.length > 0 && (
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Files sent">
            {files.map((file) => (
              <SendingFile
                key={file.key}
                file={file}
                onDismiss={() => {
                  file.end.abort()
                  setFiles((before) => before.filter(({ key }) => key !== file.key))
                }}
              />
            ))}
          </Stack>
        )}
      </Stack>
    </Paper>
  )
}

/** The text for one file: a refusal of a report names the fault where it can. */
const faultText = (error: unknown): string =>
  error instanceof ApiProblem && error.errors.length > 0
    ? error.errors.map(({ detail }) => detail).join(' ')
    : messageOf(error)

function SendingFile({ file, onDismiss }: { file: Sending; onDismiss: () => void }) {
  const { name, size, share, state, fault, reportId } = file
  const busy = state === 'waiting' || state === 'sending'
  return (
    <li>
      <Group gap="sm" wrap="nowrap">
        <Text size="sm" truncate maw={320}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className="figures" style={{ whiteSpace: 'nowrap' }}>
          {sizeText(size)}
        </Text>
        {busy && <Progress value={share * 100} flex={1} miw={80} size="sm" aria-label={`Sending ${name}`} />}
        <Text
          size="xs"
          c={state === 'refused' ? 'var(--mantine-color-error)' : 'dimmed'}
          aria-live="polite"
          flex={busy ? '0 0 auto' : 1}
        >
          {state === 'waiting' && 'Waits'}
          {state === 'sending' && `${Math.round(share * 100)} %`}
          {state === 'taken' && 'Kept; it is taken in now.'}
          {state === 'calledOff' && 'Called off.'}
          {state === 'refused' && fault}
        </Text>
        {reportId !== undefined && (
          <Button
            component={Link}
            to={`/reports/${reportId}`}
            search={true as never}
            variant="subtle"
            size="compact-xs"
          >
            Open
          </Button>
        )}
        <CloseButton
          size="sm"
          aria-label={busy ? `Call ${name} off` : `Take ${name} from the list`}
          onClick={onDismiss}
        />
      </Group>
    </li>
  )
}
