package models

import "slices"

// checkLaunch looks at where and when a platform is launched.
func (m *Model) checkLaunch(path string, p *Platform, faults *Faults) {
	regions := m.RegionNames()
	somewhere := p.Launch == nil
	for _, region := range regions {
		if p.Launch[region] <= m.Horizon.Periods {
			somewhere = true
		}
	}
	if !somewhere && m.Horizon.Sound() && len(regions) > 0 {
		faults.add(path, "launch it somewhere within the horizon, or take the platform out", "is launched nowhere")
	}
	for _, region := range sortedKeys(p.Launch) {
		at := path + "." + region
		if !slices.Contains(regions, region) {
			faults.unknown(at, "region", region, regions)
		}
		if from := p.Launch[region]; from < 0 {
			faults.add(at, "give a period from 0 on, or never", "period %d lies before the start", from)
		}
	}
}
