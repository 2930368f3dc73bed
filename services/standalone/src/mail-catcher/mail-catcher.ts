import { MailBox } from './mail-box.js'
import { startSmtpReceiver } from './smtp-receiver.js'
import { startWebServer } from './web-server.js'

export interface MailCatcherOptions {
  /** 0 takes a free one; the same for the page's. */
  smtpPort: number
  httpPort: number
  onLog: (line: string) => void
}

export interface MailCatcher {
  /** For whoever sends. */
  smtpUrl: string
  /** Of the page that shows the mails, and of `GET /messages`. */
  url: string
  close(): Promise<void>
}

/**
 * Takes every mail that is sent to it and shows it on a page of its own: for trying things out on one's own machine, never for real mail.
 * It listens on 127.0.0.1, delivers nothing, and forgets: the newest 500 mails (64 MiB at most) are kept in memory.
 */
export async function startMailCatcher({ smtpPort, httpPort, onLog }: MailCatcherOptions): Promise<MailCatcher> {
  const box = new MailBox()
  const smtp = await startSmtpReceiver({ port: smtpPort, box, onLog })
  try {
    const web = await startWebServer({ port: httpPort, box, onLog })
    return {
      smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
      url: `http://localhost:${web.port}`,
      async close() {
        await Promise.all([smtp.close(), web.close()])
      },
    }
  } catch (error) {
    await smtp.close()
    throw error
  }
}
