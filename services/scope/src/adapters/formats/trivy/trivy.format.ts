import { context, finding, list, object } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { TrivyReader } from './trivy.reader.js'

const result = object(
  {
    Target: context('Target'),
    Class: context('Class'),
    Type: context('Type'),
    Vulnerabilities: list(finding('vulnerability')),
    Misconfigurations: list(finding('misconfiguration')),
    Secrets: list(finding('secret')),
    Licenses: list(finding('licence')),
    ExperimentalModifiedFindings: list(finding('modified')),
  },
  'result',
)
const results = list(result)

/** A workload of a cluster (`trivy k8s`). */
const resource = object(
  { Namespace: context('Namespace'), Kind: context('Kind'), Name: context('Name'), Results: results },
  'resource',
)
const resources = list(resource)

const outline = object({
  ArtifactName: context('ArtifactName'),
  ArtifactType: context('ArtifactType'),
  Metadata: object(
    {
      OS: context('OS'),
      RepoTags: context('RepoTags'),
      RepoDigests: context('RepoDigests'),
      ImageID: context('ImageID'),
      RepoURL: context('RepoURL'),
    },
    'metadata',
  ),
  Results: results,
  ClusterName: context('ClusterName'),
  Resources: resources,
  Vulnerabilities: resources,
  Misconfigurations: resources,
  Findings: resources,
})

/**
 * Trivy's own JSON (`--format json`), schema 2, its list of results before that (schema 1), and `trivy k8s`
 * (github.com/aquasecurity/trivy, pkg/types/report.go).
 */
export const trivy: ReportFormat = {
  name: 'trivy',
  title: 'Trivy',
  manyDocuments: false,
  outline: (root) => (root === 'object' ? outline : results),
  reader: (options) => new TrivyReader(options),
}
