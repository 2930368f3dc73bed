export { type ClusterOptions, PostgresCluster } from './cluster.js'
export { freePort } from './free-port.js'
