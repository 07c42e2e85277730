import { useParams } from '@tanstack/react-router'
import { CaseList } from './CaseList'

/** All cases of a data set with their stages, for those who manage it. */
export function Cases() {
  const { dataset } = useParams({ from: '/d/$dataset/cases' })
  return <CaseList dataset={dataset} from="/d/$dataset/cases" kind="cases" standardScope="all" />
}
