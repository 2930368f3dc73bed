export { type ClusterOptions, PostgresCluster } from './cluster.js'
