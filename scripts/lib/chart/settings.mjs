// What of each process's environment an installation says: all that it reads but what the chart itself makes of other values.

const OF_THE_CHART =
  /^(HOST|PORT|MIGRATE|PUBLIC_URL|OTEL_EXPORTER_OTLP_ENDPOINT|DATABASE_(URL|USER|PASSWORD|TLS.*)|KAFKA_(BROKERS|TLS.*|SASL_MECHANISM|USERNAME|PASSWORD))$/

/** @returns by service, the gateway first: its variables as `variables` of @reprieve/config tells them */
export async function settings() {
  const { variables } = await import('@reprieve/config')
  const { gatewayVariables, FORWARDED_SERVICES } = await import('@reprieve/gateway-service')
  const { serviceVariables } = await import('@reprieve/service-host')
  const { SERVICES } = await import('@reprieve/standalone-service')
  const { telemetryVariables } = await import('@reprieve/telemetry')
  const addresses = new Set(FORWARDED_SERVICES.map((name) => `${name.toUpperCase()}_URL`))
  const common = serviceVariables.extend(telemetryVariables.shape)
  const all = [
    ['gateway', gatewayVariables],
    ...SERVICES.map((service) => [service.name, service.variables?.extend(common.shape) ?? common]),
  ]
  return Object.fromEntries(
    all.map(([name, schema]) => [
      name,
      variables(schema).filter((variable) => !OF_THE_CHART.test(variable.name) && !addresses.has(variable.name)),
    ]),
  )
}
