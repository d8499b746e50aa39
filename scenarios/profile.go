package scenarios

import (
	"maps"
	"slices"
)

// profiles are shapes of a day by name: the activity of each hour from midnight on, as a
// multiple of the mean hour, rounded to two places.
//
//	food_weekday, food_weekend   37,111 deliveries of one DoorDash market, 21 January to
//	                             18 February 2015 (the public estimation data set of DoorDash,
//	                             as in UrsulaGar/AzureProject, Sample.zip); local time
//	                             assumed to be UTC-8
//	taxi_mon_thu, taxi_fri,      New York taxi passengers by half hour, 1 July 2014 to
//	taxi_sat, taxi_sun           31 January 2015 (numenta/NAB, nyc_taxi.csv)
//	webshop                      orders in a sample of the Brazilian E-Commerce Public Dataset
//	                             by Olist
func profiles() map[string][]float64 {
	return map[string][]float64{
		"food_weekday": {0, 0, 0, 0, 0, 0, 0.01, 0.1, 0.25, 0.38, 0.53, 1.67, 2.05, 1.35, 1.02, 0.88, 1.38, 3.17, 4.51, 3.61, 2.04, 0.88, 0.16, 0},
		"food_weekend": {0, 0, 0, 0, 0, 0, 0.02, 0.16, 0.34, 0.55, 0.73, 1.24, 1.67, 1.44, 1.29, 1.32, 1.87, 3.43, 4.44, 2.82, 1.64, 0.84, 0.19, 0},
		"taxi_mon_thu": {0.68, 0.42, 0.27, 0.18, 0.17, 0.24, 0.6, 1.05, 1.26, 1.21, 1.12, 1.13, 1.18, 1.17, 1.23, 1.17, 0.98, 1.21, 1.51, 1.59, 1.52, 1.52, 1.43, 1.17},
		"taxi_fri":     {1, 0.66, 0.43, 0.29, 0.23, 0.23, 0.53, 0.92, 1.11, 1.09, 1.02, 1.05, 1.08, 1.08, 1.16, 1.08, 0.9, 1.13, 1.42, 1.56, 1.48, 1.48, 1.54, 1.54},
		"taxi_sat":     {1.35, 1.16, 0.96, 0.72, 0.46, 0.22, 0.24, 0.35, 0.54, 0.78, 0.95, 1.1, 1.17, 1.19, 1.17, 1.17, 1.02, 1.16, 1.36, 1.44, 1.3, 1.29, 1.41, 1.48},
		"taxi_sun":     {1.62, 1.46, 1.19, 0.91, 0.58, 0.26, 0.25, 0.32, 0.49, 0.73, 1.01, 1.19, 1.29, 1.29, 1.29, 1.22, 1.14, 1.22, 1.31, 1.25, 1.14, 1.09, 0.98, 0.79},
		"webshop":      {0.57, 0.3, 0.11, 0.07, 0.04, 0.04, 0.14, 0.31, 0.63, 1.15, 1.6, 1.58, 1.62, 1.54, 1.5, 1.52, 1.6, 1.46, 1.47, 1.44, 1.56, 1.44, 1.35, 0.95},
	}
}

// profileNames are the names of the profiles in the order of the alphabet.
func profileNames() []string { return slices.Sorted(maps.Keys(profiles())) }
