// GoAWS as it is, but on the loopback address alone: its own program listens on every address of the machine.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/Admiral-Piett/goaws/app/conf"
	"github.com/Admiral-Piett/goaws/app/gosqs"
	"github.com/Admiral-Piett/goaws/app/router"
	"github.com/sirupsen/logrus"
)

// goaws CONFIG PORT
func main() {
	logrus.SetLevel(logrus.InfoLevel)
	conf.LoadYamlConfig(os.Args[1], "Local")
	go gosqs.PeriodicTasks(time.Second, make(chan struct{}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], router.New()))
}
