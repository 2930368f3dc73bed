import type { GatewayClient } from './gateway-client.js'
import type { Terminal } from './terminal.port.js'

export async function republish(client: GatewayClient, terminal: Terminal, topic: string): Promise<number> {
  const { published } = await client.post<{ published: number }>(`/republications/${encodeURIComponent(topic)}`)
  terminal.out(`${published} aggregates of ${topic} are on their way`)
  return 0
}
